using System.Diagnostics;

namespace Facteur.IntegrationTests.Pop3;

/// <summary>Thunderbird without a screen, with a POP account over TLS. It fetches when it starts and is ended when the server has said goodbye to it.</summary>
internal sealed record Thunderbird(string Folder, FacteurServer Server, string User, string Password) : IDisposable
{
    // It reads passwords from logins.json alone, sealed by the key of its profile: NSS, its own library of keys, does it.
    private const string Logins = """
        import base64, ctypes, json, sys
        profile, user, password = sys.argv[1:]
        class Item(ctypes.Structure): _fields_ = [("type", ctypes.c_uint), ("data", ctypes.c_void_p), ("length", ctypes.c_uint)]
        nss = ctypes.CDLL("libnss3.so")
        nss.PK11_GetInternalKeySlot.restype = ctypes.c_void_p
        nss.PK11_InitPin.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]
        assert nss.NSS_InitReadWrite(("sql:" + profile).encode()) == 0
        nss.PK11_InitPin(nss.PK11_GetInternalKeySlot(), None, b"")
        def seal(text):
            octets = ctypes.create_string_buffer(text.encode(), len(text))
            key, plain, sealed = Item(0, None, 0), Item(0, ctypes.cast(octets, ctypes.c_void_p), len(text)), Item(0, None, 0)
            assert nss.PK11SDR_Encrypt(ctypes.byref(key), ctypes.byref(plain), ctypes.byref(sealed), None) == 0
            return base64.b64encode(ctypes.string_at(sealed.data, sealed.length)).decode()
        login = {"id": 1, "hostname": "mailbox://localhost", "httpRealm": "mailbox://localhost", "formSubmitURL": None, "usernameField": "", "passwordField": "",
            "encryptedUsername": seal(user), "encryptedPassword": seal(password), "guid": "{5f1b2c3d-0000-4000-8000-000000000001}", "encType": 1,
            "timeCreated": 1, "timeLastUsed": 1, "timePasswordChanged": 1, "timesUsed": 1}
        json.dump({"nextId": 2, "logins": [login], "potentiallyVulnerablePasswords": [], "dismissedBreachAlertsByLoginGUID": {}, "version": 3}, open(profile + "/logins.json", "w"))
        nss.NSS_Shutdown()
        """;

    private string Profile => Path.Combine(Folder, "profile");

    private string Inbox => Path.Combine(Profile, "Mail", "localhost", "Inbox");

    /// <summary>Fetches what is new to it; answers how many messages it has in all.</summary>
    public async Task<int> FetchAsync(bool delete = false)
    {
        await PrepareAsync(delete);
        var gone = Server.WaitLogAgainAsync("on pop3s from 127.0.0.1");
        using var program = Start();
        try
        {
            await gone;
            return CountMessages();
        }
        finally
        {
            program.Kill(entireProcessTree: true);
            await program.WaitForExitAsync();
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private async Task PrepareAsync(bool delete)
    {
        if (!Directory.Exists(Profile))
        {
            Directory.CreateDirectory(Profile);
            var sealing = await Programs.RunAsync("python3", ["-c", Logins, Profile, User, Password]);
            Assert.True(sealing.ExitCode == 0, sealing.ToString());
            var trust = await Programs.RunAsync("certutil", ["-A", "-d", "sql:" + Profile, "-n", "server", "-t", "C,,", "-i", Server.CertificateAuthority]);
            Assert.True(trust.ExitCode == 0, trust.ToString());
        }
        await File.WriteAllTextAsync(Path.Combine(Profile, "user.js"), string.Concat(Preferences(delete).Select(one => $"user_pref(\"{one.Name}\", {one.Value});\n")));
    }

    private IEnumerable<(string Name, string Value)> Preferences(bool delete) =>
    [
        ("mail.accountmanager.accounts", "\"account1,account2\""), ("mail.accountmanager.defaultaccount", "\"account1\""), ("mail.accountmanager.localfoldersserver", "\"server2\""),
        ("mail.account.account1.server", "\"server1\""), ("mail.account.account1.identities", "\"id1\""), ("mail.account.account2.server", "\"server2\""), ("mail.account.lastKey", "2"),
        ("mail.identity.id1.useremail", $"\"{User}\""), ("mail.identity.id1.valid", "true"),
        ("mail.server.server1.type", "\"pop3\""), ("mail.server.server1.hostname", "\"localhost\""), ("mail.server.server1.port", $"{Server.Port("pop3s")}"),
        ("mail.server.server1.userName", $"\"{User}\""), ("mail.server.server1.name", $"\"{User}\""), ("mail.server.server1.directory-rel", "\"[ProfD]Mail/localhost\""),
        ("mail.server.server1.socketType", "3"), ("mail.server.server1.authMethod", "3"), // TLS from the start; the password as it is
        ("mail.server.server1.login_at_startup", "true"), ("mail.server.server1.download_on_biff", "true"), ("mail.server.server1.check_new_mail", "false"),
        ("mail.server.server1.leave_on_server", delete ? "false" : "true"),
        ("mail.server.server2.type", "\"none\""), ("mail.server.server2.hostname", "\"Local Folders\""), ("mail.server.server2.userName", "\"nobody\""),
        ("mail.server.server2.directory-rel", "\"[ProfD]Mail/Local Folders\""),
        ("mail.provider.suppress_dialog_on_startup", "true"), ("mail.rights.version", "1"), ("mailnews.start_page.enabled", "false"),
        // It is to talk to nobody else.
        ("app.update.enabled", "false"), ("datareporting.policy.dataSubmissionEnabled", "false"), ("extensions.update.enabled", "false"),
        ("network.connectivity-service.enabled", "false"), ("network.captive-portal-service.enabled", "false"), ("mail.inappnotifications.enabled", "false"),
    ];

    private Process Start()
    {
        var start = new ProcessStartInfo("thunderbird") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "--headless", "--no-remote", "--profile", Profile }) start.ArgumentList.Add(argument);
        start.Environment["HOME"] = Folder;
        var program = Process.Start(start)!;
        program.BeginOutputReadLine();
        program.BeginErrorReadLine();
        return program;
    }

    private int CountMessages() => File.Exists(Inbox) ? File.ReadLines(Inbox).Count(line => line.StartsWith("Message-ID: <", StringComparison.Ordinal)) : 0;
}
