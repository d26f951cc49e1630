using System.Text;

namespace Facteur.Tests.Delivery.Filtering;

/// <summary>
/// Mail made from a seed: two vocabularies that overlap as those of spam and of wanted mail do, in French and English, plain, HTML, base64 and
/// quoted-printable. The same seed makes the same message.
/// </summary>
internal static class SpamCorpus
{
    private static readonly string[] common =
        ("bonjour merci message votre vous nous avec pour dans demain lundi mardi the and you your with from this that have will please hello thanks week "
        + "time date site lien page compte account mail adresse question réponse information service client nouveau new today prix price offre").Split(' ');

    private static readonly string[] spam =
        ("gagnant loterie bitcoin crypto héritage millions virement urgent urgence gratuit viagra pilules casino bonus jackpot investissement garanti rendement "
        + "winner lottery inheritance urgent transfer free pills bonus guaranteed profit investment click unsubscribe limited exclusive congratulations prize cash "
        + "régime minceur miracle perdre kilos prêt crédit rapide sans engagement cliquez félicitations colis douane frais livraison suspendu vérifiez").Split(' ');

    private static readonly string[] ham =
        ("réunion projet rapport équipe facture devis planning budget collègue déjeuner enfants école vacances train billets anniversaire photos recette jardin "
        + "meeting project report team invoice quote schedule colleague lunch children school holidays ticket birthday pictures recipe garden minutes agenda "
        + "serveur correctif version test relecture commit base sauvegarde médecin rendez-vous ordonnance syndic travaux copropriété loyer association").Split(' ');

    private static readonly string[] spamHosts = ["cheap-pills.example", "win-now.example", "crypto-gain.example", "x1.tracker.example"];
    private static readonly string[] hamHosts = ["intranet.demo.test", "photos.example.net", "git.example.org", "ecole.example.fr"];

    public static byte[] Message(int seed, bool isSpam)
    {
        var random = new Random((seed * 2) + (isSpam ? 1 : 0));
        var own = isSpam ? spam : ham;
        var words = Enumerable.Range(0, random.Next(40, 160)).Select(_ => random.NextDouble() switch
        {
            < 0.62 => common[random.Next(common.Length)],
            < 0.9 => own[random.Next(own.Length)],
            // Each kind uses words of the other, and some that nobody ever met.
            < 0.96 => (isSpam ? ham : spam)[random.Next(40)],
            _ => "mot" + random.Next(1_000_000),
        }).ToList();
        var host = (isSpam ? spamHosts : hamHosts)[random.Next(4)];
        var sender = isSpam ? $"promo{random.Next(500)}@{Guid(random)}.example" : $"{own[random.Next(20)]}@example.{(random.Next(2) == 0 ? "org" : "net")}".Normalize(NormalizationForm.FormD);
        sender = new string([.. sender.Where(char.IsAscii)]);
        var head = $"From: {own[random.Next(own.Length)]} <{sender}>\r\nTo: moi@demo.test\r\nDate: Sat, 14 Mar 2026 09:00:00 +0000\r\nMessage-ID: <{seed}.{isSpam}@x.example>\r\n"
            + $"Subject: =?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes($"{own[random.Next(own.Length)]} {common[random.Next(common.Length)]} {own[random.Next(own.Length)]}"))}?=\r\nMIME-Version: 1.0\r\n";
        return Encoding.UTF8.GetBytes(head + Body(random, words, host));
    }

    private static string Body(Random random, List<string> words, string host)
    {
        var text = string.Join(' ', words);
        return random.Next(3) switch
        {
            0 => $"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\nhttps://{host}/a/{random.Next()}\r\n",
            1 => "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                + Convert.ToBase64String(Encoding.UTF8.GetBytes($"<html><body><p>{text.Replace(" ", "</p> <p>", StringComparison.Ordinal)}</p><a href=\"http://{host}/{random.Next()}\">ici</a></body></html>"), Base64FormattingOptions.InsertLineBreaks) + "\r\n",
            _ => $"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
                + Quoted(text) + $"\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>{words[0]}<img src=\"https://{host}/p.png\">\r\n--b--\r\n",
        };
    }

    private static string Quoted(string text)
    {
        var output = new StringBuilder();
        var line = 0;
        foreach (var octet in Encoding.Latin1.GetBytes(text))
        {
            var part = octet is > 126 or (byte)'=' ? $"={octet:X2}" : ((char)octet).ToString();
            if (line + part.Length > 75)
            {
                output.Append("=\r\n");
                line = 0;
            }
            output.Append(part);
            line += part.Length;
        }
        return output.ToString();
    }

    private static string Guid(Random random) => random.Next().ToString("x", System.Globalization.CultureInfo.InvariantCulture);
}
