using System.Text;
using BenchmarkDotNet.Attributes;
using Facteur.Mail;

namespace Facteur.Bench;

/// <summary>What reading a message costs a delivery. The message comes in pieces of 4 KiB, as from a socket.</summary>
[MemoryDiagnoser]
public class MimeParserBench
{
    private const int Piece = 4096;

    private byte[] simple = [];
    private byte[] alternative = [];
    private byte[] attachment = [];
    private byte[] hostile = [];

    [GlobalSetup]
    public void Setup()
    {
        simple = Octets(Header + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + Lines("The quick brown fox jumps over the lazy dog, again and again.", 4096 - 1000));
        alternative = Octets(Header + "Content-Type: multipart/alternative; boundary=\"=_b\"\r\n\r\n--=_b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
            + Lines("Bonjour, voici la facture de mai.", 3000) + "\r\n--=_b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
            + Lines("<p style=3D\"margin:0\">Bonjour, voici la facture de mai.</p>", 12_000) + "\r\n--=_b--\r\n");
        attachment = Octets(Header + "Content-Type: multipart/mixed; boundary=\"=_b\"\r\n\r\n--=_b\r\n\r\nSee attachment\r\n--=_b\r\n"
            + "Content-Type: application/pdf; name=\"a.pdf\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"a.pdf\"\r\n\r\n"
            + Lines(new string('A', 76), 10_000_000) + "\r\n--=_b--\r\n");
        var nested = new StringBuilder(Header);
        for (var i = 0; i < 99; i++) nested.Append($"Content-Type: multipart/mixed; boundary=a{i:00}\r\n\r\n--a{i:00}\r\n");
        hostile = Octets(nested + "\r\n" + Lines("--a", 1_000_000));
    }

    [Benchmark]
    public MessageFacts Simple4KiB() => Parse(simple);

    [Benchmark]
    public MessageFacts Alternative16KiB() => Parse(alternative);

    [Benchmark]
    public MessageFacts Attachment10MB() => Parse(attachment);

    [Benchmark]
    public MessageFacts NearBoundaries1MB() => Parse(hostile);

    private const string Header = """
        Received: from mx.example.org (mx.example.org [192.0.2.1]) by mail.example.net with ESMTPS id 4XyZ
         for <marie@example.net>; Thu, 2 Jan 2025 10:11:12 +0100
        DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=s1; h=from:to:subject:date:message-id;
         bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB4nujc7YopdG5
        From: =?utf-8?Q?Andr=C3=A9?= Martin <andre@example.org>
        To: Marie <marie@example.net>, "Paul, P." <paul@example.net>
        Cc: team@example.net
        Subject: Re: =?utf-8?Q?D=C3=A9jeuner?= de jeudi
        Date: Thu, 2 Jan 2025 10:11:10 +0100
        Message-ID: <5f1d2c3b4a@example.org>
        In-Reply-To: <1a2b3c@example.net>
        References: <0a0b0c@example.net> <1a2b3c@example.net>
        MIME-Version: 1.0

        """;

    private static string Lines(string line, int octets) => new StringBuilder().Insert(0, line + "\r\n", octets / (line.Length + 2)).ToString();

    private static byte[] Octets(string text) => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n"));

    private static MessageFacts Parse(byte[] message)
    {
        var parser = new MimeParser(MimeLimits.Default);
        for (var at = 0; at < message.Length; at += Piece) parser.Write(message.AsSpan(at, Math.Min(Piece, message.Length - at)));
        return parser.Complete();
    }
}
