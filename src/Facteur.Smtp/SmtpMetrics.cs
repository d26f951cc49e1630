using System.Diagnostics.Metrics;

namespace Facteur.Smtp;

/// <summary>Counters of the SMTP services, meter "Facteur.Smtp".</summary>
internal static class SmtpMetrics
{
    private static readonly Meter Meter = new("Facteur.Smtp");
    private static readonly Counter<long> Messages = Meter.CreateCounter<long>("facteur.smtp.messages", "{message}", "Messages by service and outcome");
    private static readonly Counter<long> Recipients = Meter.CreateCounter<long>("facteur.smtp.recipients.refused", "{recipient}", "Recipients refused by service and reply code");
    private static readonly Counter<long> Octets = Meter.CreateCounter<long>("facteur.smtp.octets", "By", "Octets of accepted messages");

    private static readonly string[] ModeNames = ["mx", "submission", "lmtp"];

    public static void Accepted(SmtpMode mode, long octets)
    {
        Messages.Add(1, new("mode", ModeNames[(int)mode]), new("outcome", "accepted"));
        Octets.Add(octets, new KeyValuePair<string, object?>("mode", ModeNames[(int)mode]));
    }

    public static void Refused(SmtpMode mode, int code) =>
        Messages.Add(1, new("mode", ModeNames[(int)mode]), new("outcome", code < 500 ? "deferred" : "refused"));

    public static void RecipientRefused(SmtpMode mode, int code) =>
        Recipients.Add(1, new("mode", ModeNames[(int)mode]), new("code", code));
}
