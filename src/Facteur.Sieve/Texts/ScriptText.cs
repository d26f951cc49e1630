namespace Facteur.Sieve;

/// <summary>
/// What is said to people about their scripts, and the pieces sentences are made of: a name of <c>ScriptTexts.resx</c>, which holds each in
/// English, and <c>ScriptTexts.fr.resx</c> in French.
/// </summary>
public enum ScriptText
{
    FieldValue, FieldName, NotAFieldName, NoFieldName, BreakOutside, NoLoopNamed, LastNeedsIndex, Values, Body, ErrorMessage, ExtractTextOutside,
    NeedsFcc, MailboxName, VariableNameIn, Flags, VariableNames, NotAVariableName, ScriptName, NotAScriptName, IncludesItself, TooManyIncludes,
    NoSuchScript, IncludedHasError, ExcludeEachOther, FromTakesAnAddress, ImportanceTakes, Method, NoSuchMethod, ListName, AnAddress,
    NotARedirectAddress, NoRedirectAddress, ListUnreadable, Reason, MimeExcludes, Value, VariableName, NotASpecialUse, NoMailboxName, NoSpecialUse,
    ReplyText, MimeHeaderIsAscii, SecondsTakes, TooManyRegexes, NoSuchTest, CommandNotTest, Quoted, RequireComesFirst, NoSuchCommand, TestNotCommand,
    TooManyUnknown, FollowsNoIf, ExtensionNames, NoSuchExtension, NeedsRequire, AString, Strings, ANumber, AStringFor, StringsFor, ANumberFor,
    MustBeConstant, TakesOneTest, TakesTests, TakesABlock, TakesNoMore, TakesNoTest, TakesNoBlock, TagTwice, TagTakes, ArgumentMissing, ArgumentTakes,
    TagComesFirst, NoSuchTag, NoMatchVariable, NoNamespace, NoSuchList, ComparatorUnfit, RegexTooSlow, NoSuchComparator, Comparator, TakesARelation,
    RegexTooLong, RegexClosesNothing, NotARegex, RegexTooDeep, RegexRepeatsNothing, RegexTooLarge, RegexTooManyGroups, RegexNotClosed,
    RegexEndsInBackslash, RegexUnsupported, RegexBoundsOrder, RegexBounds, NoSuchClass, TooManyFields, TooManyChanges, TooManyRedirects,
    TooManyNotifications, TooManyActions, OncePerMessage, CannotGoWith, UsedWithoutRequire, NotInAnEvent, TooManyVariables, HasAValue, TooLong,
    NeverReached, AllIsDiscarded, RedirectsAtMost, NotUtf8, ScriptTooLong, NoSuchCharacter, TagNeedsAName, CommentNotClosed, NameTooLong, ScriptEnds,
    CannotStandHere, ZeroOctet, LoneCr, OnlyInStrings, NumberTooLarge, NotANumber, StringNotClosed, TextEndsLine, TextHoldsZero, TextNotClosed,
    ClosesNothing, ACommand, SemicolonExpected, BlocksTooDeep, BraceNotClosed, Either, TestsTooDeep, ATest, Expected, TooManyNodes, EndOfScript,
    FieldNames, HoldsNoAddresses, Keys, ZoneTakes, DatePart, NoSuchDatePart, DuplicateIdTooLong, EnvelopeParts, ItemName, AnyChildNeedsMime,
    IndexFromOne, ExtensionName, MailboxNames, MailboxIds, NeedsMime, AMethod, CapabilityName, SizeTakes, AValue, SpecialUses, SomeStrings, ListNames,
    Methods, Resting, RuleName, RulePlace, RuleMatch, ConditionMissing, ActionMissing, ConditionCount, ActionCount, RuleCount, RulesSearchTooMuch,
    RuleForwards, RuleNotifications, NoSuchField, FieldComparison, ConditionField, ConditionFieldName, ConditionOctets, SizeLimit, ValueCount,
    ValueLength, NoSuchAction, ActionMailbox, ActionMailboxName, ActionMailboxId, ActionKeyword, NoKeyword, ActionAddress, NoAddress, ReplySubject,
    ReplyHasText, TextLength, ReplyDays, ConditionsUnwritable, RuleUnwritable, NotConfirmed, NoSuchRule, EditedByHand, ScriptChanged, ScriptIsActive,
    ScriptHasError, ScriptOctets, ScriptCount, ScriptsOctets, ScriptExists, ScriptNameOctets, NoScriptNamed, Said,
}
