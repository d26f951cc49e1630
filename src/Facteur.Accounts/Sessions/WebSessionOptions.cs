using System.ComponentModel.DataAnnotations;

namespace Facteur.Accounts.Sessions;

/// <summary>How long browsers stay signed in.</summary>
public sealed class WebSessionOptions
{
    /// <summary>A browser that asked to be kept is signed out when it was not used for so long.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "90.00:00:00")]
    public TimeSpan LastingIdle { get; init; } = TimeSpan.FromDays(14);

    /// <summary>… and so long after the sign-in, however busy it is.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "366.00:00:00")]
    public TimeSpan LastingEnd { get; init; } = TimeSpan.FromDays(90);

    /// <summary>The same for one that did not ask: a computer that others use.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "7.00:00:00")]
    public TimeSpan ShortIdle { get; init; } = TimeSpan.FromHours(2);

    [Range(typeof(TimeSpan), "00:05:00", "7.00:00:00")]
    public TimeSpan ShortEnd { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Sessions of one account; with more, the one that was not used for longest ends.</summary>
    [Range(1, 1000)]
    public int MaxPerAccount { get; init; } = 100;

    /// <summary>The last use of a session is written when it is this much later than what is written: a write per request would cost too much.</summary>
    public TimeSpan NoteUseEvery { get; init; } = TimeSpan.FromMinutes(5);
}
