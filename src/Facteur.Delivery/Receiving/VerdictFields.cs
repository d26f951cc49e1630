using System.Buffers;
using System.Text;
using Facteur.Delivery.Filtering;

namespace Facteur.Delivery.Receiving;

/// <summary>Writes what the filter says where the owner of the mailbox can read it.</summary>
internal static class VerdictFields
{
    public static void Write(IBufferWriter<byte> output, FilterVerdict verdict)
    {
        if (verdict.Reasons.Count > 0 || verdict.Accounts.Values.Any(account => account.Reasons.Count > 0))
            Write(output, FilterVerdict.FieldName, verdict.FieldValue());
        foreach (var field in verdict.AddedFields) Write(output, field.Name, field.Value);
    }

    private static void Write(IBufferWriter<byte> output, string name, string value) => Encoding.UTF8.GetBytes($"{name}: {value}\r\n", output);
}
