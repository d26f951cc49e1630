using Facteur.Storage.Crashes;
using Facteur.Storage.Embedded.Crashes;

namespace Facteur.Tests.Storage;

/// <summary>The file that says what was being worked on when the process ended.</summary>
public sealed class CrashLedgerTests : IDisposable
{
    private const int Header = 16;
    private const int Slot = 24;
    private readonly string folder = Directory.CreateTempSubdirectory("facteur-ledger-").FullName;

    private string File => Path.Combine(folder, "at-work");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_was_entered_and_not_left_is_there_after_the_process()
    {
        using var ledger = CrashLedger.Open(File);
        var first = ledger.Enter(new WorkItem(RiskyWork.Queue, 17, WorkItem.PartOf("a.test")));
        ledger.Enter(new WorkItem(RiskyWork.Queue, 17, WorkItem.PartOf("b.test")));
        ledger.Enter(new WorkItem(RiskyWork.Index, long.MaxValue));
        ledger.Leave(first);
        Assert.Equal(
            [new WorkItem(RiskyWork.Queue, 17, WorkItem.PartOf("b.test")), new WorkItem(RiskyWork.Index, long.MaxValue)],
            CrashLedger.Read(File).OrderBy(item => item.Kind));
    }

    [Fact]
    public void After_a_clean_stop_and_before_the_first_start_there_is_nothing()
    {
        Assert.Empty(CrashLedger.Read(File));
        var ledger = CrashLedger.Open(File);
        ledger.Enter(new WorkItem(RiskyWork.Queue, 1));
        ledger.Dispose();
        Assert.Empty(CrashLedger.Read(File));
        ledger.Leave(0);
        Assert.Equal(-1, ledger.Enter(new WorkItem(RiskyWork.Queue, 1)));
    }

    [Fact]
    public void A_start_begins_with_no_slot_taken()
    {
        CrashLedger.Open(File).Enter(new WorkItem(RiskyWork.Queue, 1));
        using var next = CrashLedger.Open(File);
        Assert.Empty(CrashLedger.Read(File));
    }

    [Fact]
    public void A_torn_slot_says_nothing_and_the_others_do()
    {
        using var ledger = CrashLedger.Open(File);
        var slots = Enumerable.Range(1, 3).Select(id => ledger.Enter(new WorkItem(RiskyWork.Report, id))).ToList();
        var whole = System.IO.File.ReadAllBytes(File);
        for (var at = 0; at < 20; at++)
        {
            var torn = (byte[])whole.Clone();
            torn[Header + slots[1] * Slot + at] ^= 0x10;
            System.IO.File.WriteAllBytes(File, torn);
            Assert.Equal([1, 3], CrashLedger.Read(File).Select(item => item.Id).Order());
        }
    }

    [Fact]
    public void Garbage_another_version_and_another_length_say_nothing_and_are_written_anew()
    {
        using (var ledger = CrashLedger.Open(File))
        {
            ledger.Enter(new WorkItem(RiskyWork.Queue, 5));
            var good = System.IO.File.ReadAllBytes(File);
            byte[] newer = [.. good];
            newer[8] = 2;
            var noise = new byte[good.Length];
            new Random(1).NextBytes(noise);
            foreach (var bad in new[] { newer, noise, good[..^1], [.. good, 0], good[..7], [] })
            {
                System.IO.File.WriteAllBytes(File, bad);
                Assert.Empty(CrashLedger.Read(File));
            }
        }
        System.IO.File.WriteAllText(File, "nonsense");
        using var anew = CrashLedger.Open(File);
        anew.Enter(new WorkItem(RiskyWork.Queue, 6));
        Assert.Equal(6, Assert.Single(CrashLedger.Read(File)).Id);
    }

    [Fact]
    public void When_all_slots_are_taken_work_goes_on_without_a_name()
    {
        using var ledger = CrashLedger.Open(File);
        var slots = Enumerable.Range(0, CrashLedger.Slots).Select(id => ledger.Enter(new WorkItem(RiskyWork.Index, id))).ToList();
        Assert.Equal(CrashLedger.Slots, slots.Distinct().Count(slot => slot >= 0));
        var unnamed = ledger.Enter(new WorkItem(RiskyWork.Index, 99_999));
        Assert.Equal(-1, unnamed);
        ledger.Leave(unnamed);
        ledger.Leave(slots[7]);
        Assert.Equal(slots[7], ledger.Enter(new WorkItem(RiskyWork.Index, 99_999)));
        var named = CrashLedger.Read(File);
        Assert.Equal(CrashLedger.Slots, named.Count);
        Assert.Contains(new WorkItem(RiskyWork.Index, 99_999), named);
        Assert.DoesNotContain(new WorkItem(RiskyWork.Index, 7), named);
    }

    [Fact]
    public async Task Many_at_once_have_slots_of_their_own()
    {
        using var ledger = CrashLedger.Open(File);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 2_000; i++) ledger.Leave(ledger.Enter(new WorkItem(RiskyWork.Queue, worker * 10_000 + i)));
            ledger.Enter(new WorkItem(RiskyWork.Queue, worker));
        })));
        Assert.Equal(Enumerable.Range(0, 8).Select(id => (long)id), CrashLedger.Read(File).Select(item => item.Id).Order());
    }

    [Fact]
    public void Where_the_file_cannot_be_written_nothing_fails()
    {
        Directory.CreateDirectory(File);
        using var ledger = CrashLedger.Open(File);
        Assert.Equal(-1, ledger.Enter(new WorkItem(RiskyWork.Queue, 1)));
        Assert.Empty(CrashLedger.Read(File));
    }
}
