using System.Globalization;
using System.Text;
using Facteur.Mail;

namespace Facteur.Server.Demo;

/// <summary>Mail in the charsets it still comes in, its subject encoded in the same one.</summary>
internal static class DemoCharsets
{
    private static readonly (string Charset, string Name, string Subject, string Body)[] Samples =
    [
        ("iso-8859-1", "Hélène Ménard", "Rendez-vous à l'école élémentaire", "Bonjour,\n\nLe rendez-vous est reporté à mardi, à cause de la grève.\n\nHélène\n"),
        ("iso-8859-15", "André Cœur", "Œuvres complètes à 20 €", "Les œuvres complètes sont arrivées. Prix : 20 €.\n"),
        ("windows-1252", "Sarah O\u2019Connor", "Re: \u201Csmart\u201D quotes \u2013 again", "I\u2019m afraid Outlook did it again \u2026\n"),
        ("iso-2022-jp", "山田太郎", "会議のお知らせ", "山田です。\n\n来週の会議は火曜日の午後二時からです。\nよろしくお願いします。\n"),
        ("shift_jis", "鈴木花子", "写真を送ります", "花火の写真です。楽しかったですね。\n"),
        ("koi8-r", "Ольга Иванова", "Привет из Петербурга", "Привет!\n\nЗдесь белые ночи, и мы не спим.\n\nОльга\n"),
        ("windows-1251", "Иван Петров", "Счёт за июнь", "Добрый день, счёт во вложении придёт завтра.\n"),
        ("gb18030", "王小明", "你好，周末见", "周末一起去爬山吗？\n"),
        ("big5", "陳美玲", "會議記錄", "附上今天的會議記錄，請查收。\n"),
        ("euc-kr", "김민수", "회의 일정 안내", "안녕하세요,\n\n회의는 금요일 오전 열 시입니다.\n"),
        ("iso-8859-2", "Łukasz Wiśniewski", "Zażółć gęślą jaźń", "Pozdrowienia z Łodzi.\n"),
        ("iso-8859-7", "Νίκος", "Καλημέρα", "Καλημέρα από την Αθήνα.\n"),
        ("windows-1256", "ليلى", "مرحبا", "مرحبا، كيف حالك؟\n"),
        ("windows-1255", "דנה", "שלום", "שלום, מה נשמע?\n"),
        ("utf-8", "Ève 🌻", "🎉 Fête samedi 🎂 – on apporte quoi ? 🥗🍰", "On fête les 40 ans de Paul 🎂\n\nÈve\n"),
    ];

    public static IEnumerable<DemoMessage> Messages(DemoDesk desk)
    {
        for (var i = 0; i < Samples.Length; i++)
        {
            var (charset, name, subject, body) = Samples[i];
            var date = desk.DaysAgo(8 + i * 11);
            yield return DemoDesk.Put(i % 4 == 3 ? "Archive" : "INBOX", Octets(desk, charset, name, subject, body, date), date, seen: i % 5 != 0);
        }
    }

    // The builder writes UTF-8; these are written as the programs of their time and place do.
    private static byte[] Octets(DemoDesk desk, string charset, string name, string subject, string body, DateTimeOffset date)
    {
        var encoding = Charsets.Get(charset);
        string Word(string text) => $"=?{charset}?B?{Convert.ToBase64String(encoding.GetBytes(text))}?=";
        var sevenBit = charset == "iso-2022-jp";
        var header = string.Create(CultureInfo.InvariantCulture, $"""
            Date: {MailDate.Format(date)}
            From: {Word(name)} <contact@{charset.Replace("_", "-", StringComparison.Ordinal)}.example.test>
            To: Camille Martin <moi@demo.test>
            Subject: {Word(subject)}
            Message-ID: {desk.NextId("example.test")}
            MIME-Version: 1.0
            Content-Type: text/plain; charset={charset}
            Content-Transfer-Encoding: {(sevenBit ? "7bit" : "8bit")}


            """).ReplaceLineEndings("\r\n");
        return [.. Encoding.ASCII.GetBytes(header), .. encoding.GetBytes(body.ReplaceLineEndings("\r\n"))];
    }
}
