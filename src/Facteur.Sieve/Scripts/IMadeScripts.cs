using Facteur.Storage;

namespace Facteur.Sieve.Scripts;

/// <summary>Makes scripts of what else an account keeps, so that who lists its scripts sees them as they have to be.</summary>
public interface IMadeScripts
{
    /// <summary>Whether scripts may be others once a setting of that name has changed.</summary>
    bool IsMadeOf(string setting);

    /// <summary>Brings scripts of an owner up to date; asked before scripts are looked at for the first time, and after each change. It lists none itself.</summary>
    /// <param name="folder">As they are now.</param>
    /// <returns>Something was changed.</returns>
    ValueTask<bool> RefreshAsync(SettingScope owner, ScriptFolder folder, CancellationToken cancel);
}
