namespace Facteur.IntegrationTests.Pop3;

/// <summary>A mail program that fetches by POP3 over TLS and remembers what it has.</summary>
/// <param name="Folder">What it remembers and what it fetched.</param>
internal sealed record PopProgram(string Name, string Folder, FacteurServer Server, string User, string Password) : IDisposable
{
    // What poplib's own manual shows, with the memory of ids that such scripts have. The end must be a close_notify (CLIENTS 27).
    private const string Poplib = """
        import os, poplib, ssl, sys
        host, port, user, password, ca, folder, delete = sys.argv[1:]
        context = ssl.create_default_context(cafile=ca)
        box = poplib.POP3_SSL(host, int(port), context=context, timeout=180)
        box.sock.suppress_ragged_eofs = False
        box.user(user); box.pass_(password)
        path = os.path.join(folder, "seen")
        seen = set(open(path).read().split()) if os.path.exists(path) else set()
        for line in box.uidl()[1]:
            number, uidl = line.decode().split()
            if uidl in seen: continue
            with open(os.path.join(folder, "new", uidl.replace("/", "_")), "wb") as out: out.write(b"\r\n".join(box.retr(int(number))[1]))
            seen.add(uidl)
            if delete == "yes": box.dele(int(number))
        box._putcmd("QUIT"); box._getresp()
        assert box.sock.recv(10) == b"", "more after QUIT"
        open(path, "w").write("\n".join(sorted(seen)))
        """;

    /// <summary>Fetches what is new to it; answers how many messages it has in all.</summary>
    public async Task<int> FetchAsync(bool delete = false)
    {
        foreach (var part in new[] { "new", "cur", "tmp" }) Directory.CreateDirectory(Path.Combine(Folder, part));
        var result = Name switch
        {
            "getmail" => await GetmailAsync(delete),
            "mpop" => await MpopAsync(delete),
            "fetchmail" => await FetchmailAsync(delete),
            "poplib" => await Programs.RunAsync("python3", ["-c", Poplib, "localhost", Port, User, Password, Server.CertificateAuthority, Folder, delete ? "yes" : "no"]),
            _ => throw new InvalidOperationException(Name),
        };
        // fetchmail tells by 1 that there was nothing new.
        Assert.True(result.ExitCode == 0 || (Name == "fetchmail" && result.ExitCode == 1), $"{Name}: {result}");
        return Directory.EnumerateFiles(Path.Combine(Folder, "new")).Count();
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private string Port => $"{Server.Port("pop3s")}";

    private async Task<ProgramResult> GetmailAsync(bool delete)
    {
        var home = Path.Combine(Folder, "getmail");
        Directory.CreateDirectory(home);
        await File.WriteAllTextAsync(Path.Combine(home, "getmailrc"), $"""
            [retriever]
            type = SimplePOP3SSLRetriever
            server = localhost
            port = {Port}
            username = {User}
            password = {Password}
            ca_certs = {Server.CertificateAuthority}
            [destination]
            type = Maildir
            path = {Folder}/
            user = nobody
            [options]
            delete = {(delete ? "true" : "false")}
            read_all = false
            """);
        await Programs.RunAsync("chown", ["-R", "nobody", Folder]);
        await Programs.RunAsync("chmod", ["755", Folder]);
        return await Programs.RunAsync("getmail", ["--getmaildir", home]);
    }

    private async Task<ProgramResult> MpopAsync(bool delete)
    {
        var configuration = Path.Combine(Folder, "mpoprc");
        await File.WriteAllTextAsync(configuration, $"""
            account a
            host localhost
            port {Port}
            user {User}
            password {Password}
            tls on
            tls_starttls off
            tls_trust_file {Server.CertificateAuthority}
            auth on
            delivery maildir {Folder}
            keep {(delete ? "off" : "on")}
            uidls_file {Folder}/uidls

            """);
        await Programs.RunAsync("chmod", ["600", configuration]);
        return await Programs.RunAsync("mpop", ["-C", configuration, "a"]);
    }

    private async Task<ProgramResult> FetchmailAsync(bool delete)
    {
        var configuration = Path.Combine(Folder, "fetchmailrc");
        var deliver = Path.Combine(Folder, "deliver");
        await File.WriteAllTextAsync(deliver, $"#!/bin/sh\nexec cat > \"$(mktemp {Folder}/new/XXXXXXXXXX)\"\n");
        await File.WriteAllTextAsync(configuration, $"""
            poll localhost protocol pop3 service {Port} timeout 180 uidl username "{User}" password "{Password}" ssl sslcertck sslcertfile {Server.CertificateAuthority} {(delete ? "nokeep" : "keep")} mda "sh {deliver}"

            """);
        await Programs.RunAsync("chmod", ["600", configuration]);
        return await Programs.RunAsync("env", [$"FETCHMAILHOME={Folder}", "fetchmail", "-f", configuration, "--nosyslog", "--nobounce", "-i", Path.Combine(Folder, "ids")]);
    }
}
