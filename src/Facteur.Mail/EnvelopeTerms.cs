namespace Facteur.Mail;

/// <summary>BODY parameter of MAIL (RFC 6152 §3).</summary>
public enum BodyType : byte { Unstated, SevenBit, EightBitMime }

/// <summary>RET parameter of MAIL: how much of the message a report of failure returns (RFC 3461 §4.3).</summary>
public enum DsnReturn : byte { Unstated, Full, Headers }

/// <summary>NOTIFY parameter of RCPT: which reports the sender wants (RFC 3461 §4.1).</summary>
[Flags]
public enum DsnNotify : byte { Unstated = 0, Never = 1, Success = 2, Failure = 4, Delay = 8 }
