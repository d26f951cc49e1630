namespace Facteur.Pop3.Texts;

/// <summary>What the server says to people: a name of <c>Pop3Texts.resx</c>, which holds each in English, and <c>Pop3Texts.fr.resx</c> in French.</summary>
internal enum Pop3Text
{
    Ready, Goodbye, Done, NowThePassword, Messages, UniqueIds, MessageFollows, MarkedDeleted, IsMarkedDeleted, ReadOnly, NoSuchMessage,
    RemovedMeanwhile, NotAllRemoved, Capabilities, Mechanisms, MechanismsAre, LoginCancelled, NotHowWritten, NotBase64, UserFirst,
    TlsNeeded, TlsActive, NoTls, StlsBeforeUtf8, BeginTls, Utf8On, InUse, LoginDelay, NoInbox, PopIsOff, ServerFault,
    UnknownCommand, LogInFirst, NotAfterLogin, LineTooLong, TooManyArguments, NumberMissing, NumberIsNone, LinesMissing,
    LinesAreNone, UserMissing, UserNotUtf8, PasswordMissing, PasswordNotUtf8, MechanismMissing, InitialMissing, Languages,
    LanguageChosen, NoSuchLanguage, LanguageMissing,
}
