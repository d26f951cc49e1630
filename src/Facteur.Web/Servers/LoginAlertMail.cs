using System.Threading.Channels;
using Facteur.Accounts;
using Facteur.Delivery.Receiving;
using Facteur.Mail;
using Facteur.Storage;
using Facteur.Web.Requests;
using Facteur.Web.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Facteur.Web.Servers;

/// <summary>Writes to accounts about logins that they want to hear of. Behind the logins: what does not fit into its line is left out, and the history has it all the same.</summary>
public sealed partial class LoginAlertMail : BackgroundService
{
    private const int MaxWaiting = 1_000;

    private readonly Channel<LoginAlert> waiting = Channel.CreateBounded<LoginAlert>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly LoginService logins;
    private readonly DeliveryServices delivery;
    private readonly WebOptions options;
    private readonly ILogger<LoginAlertMail> logger;

    internal LoginAlertMail(LoginService logins, DeliveryServices delivery, WebOptions options, ILogger<LoginAlertMail> logger)
    {
        (this.logins, this.delivery, this.options, this.logger) = (logins, delivery, options, logger);
        logins.Alerted += Note;
    }

    public override void Dispose()
    {
        logins.Alerted -= Note;
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var alert in waiting.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await SendAsync(alert, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(e, alert.Account.Value);
            }
        }
    }

    private void Note(LoginAlert alert) => waiting.Writer.TryWrite(alert);

    internal async ValueTask SendAsync(LoginAlert alert, CancellationToken cancel)
    {
        if (await delivery.Store.Directory.GetAccountAsync(alert.Account, cancel) is not { Enabled: true } account) return;
        var text = WebText.Of(await delivery.Settings.LocaleAsync(account, cancel));
        var now = delivery.Time.GetUtcNow();
        var id = $"{now.ToUnixTimeMilliseconds()}.login.{Guid.NewGuid():N}@{delivery.Options.HostName}";
        var (row, subject) = (alert.Login, text.Format("Alert.Mail.Subject", account.Address));
        var from = $"postmaster@{delivery.Options.HostName}";
        var content = new MessageBuilder { Date = now, Subject = subject, MessageId = id }
            .From(from, "Facteur")
            .To(account.Address)
            .Header("Auto-Submitted", "auto-generated") // RFC 3834 §5
            .Text(text.Format("Alert.Mail.Text", text[$"Alert.{alert.Kind}"], account.Address, text.Time(row.Last), LoginWords.Protocol(text, row.Protocol), BrowserName.Of(row.Program), row.Remote,
                LoginWords.Credential(text, row.Credential), options.Origin + "/settings/security"))
            .ToArray();
        await delivery.Own.SendAsync(new OwnMessage(account.Id, from, [account.Address], content, "report", id, subject), cancel);
    }

    [LoggerMessage(LogLevel.Error, "An account could not be told of a login ({Account})", EventName = "LoginAlertFailed")]
    private partial void LogFailed(Exception e, long account);
}
