using System.Text;
using Facteur.Imap.Messages;
using Facteur.Storage.Searching;

namespace Facteur.Tests.Imap.Messages;

public class ThreadingTests
{
    [Fact]
    public void References_make_trees_and_loops_none()
    {
        // The three messages of imaptest "thread": the second and third refer to each other.
        var references = new References();
        references.Add(Message(1, sent: 3), "a@b", []);
        references.Add(Message(2, sent: 1), "b@b", ["a@b", "c@b"]);
        references.Add(Message(3, sent: 2), "c@b", ["b@b"]);
        Assert.Equal("(3 2)(1)", Text(references.Build()));
    }

    [Fact]
    public void Siblings_of_a_message_that_is_not_there_stay_together()
    {
        var references = new References();
        references.Add(Message(1), "a", ["gone"]);
        references.Add(Message(2), "b", ["gone"]);
        references.Add(Message(3), "c", ["lost"]);
        references.Add(Message(4), "d", ["x", "y", "c"]);
        Assert.Equal("((1)(2))(3 4)", Text(references.Build()));
    }

    [Fact]
    public void The_last_reference_decides_against_earlier_ones()
    {
        var references = new References();
        references.Add(Message(1), "a", []);
        references.Add(Message(2), "b", []);
        references.Add(Message(3), "d", ["a", "c"]); // says c follows a
        references.Add(Message(4), "c", ["b"]);      // c knows better
        Assert.Equal("(1)(2 4 3)", Text(references.Build()));
    }

    [Fact]
    public void A_second_message_of_one_id_stands_for_itself()
    {
        var references = new References();
        references.Add(Message(1), "a", []);
        references.Add(Message(2), "a", []);
        references.Add(Message(3), "b", ["a"]);
        references.Add(Message(4), null, ["a"]);
        Assert.Equal("(1 (3)(4))(2)", Text(references.Build()));
    }

    [Fact]
    public void Threads_of_one_subject_are_joined()
    {
        var references = new References();
        references.Add(Message(1, subject: "S", reply: true), "a", []);
        references.Add(Message(2, subject: "S"), "b", []);
        references.Add(Message(3, subject: "S", reply: true), "c", ["b"]);
        references.Add(Message(4, subject: "T"), "d", []);
        references.Add(Message(5, subject: "T"), "e", []);
        references.Add(Message(6), "f", []);
        references.Add(Message(7), "g", []);
        Assert.Equal("(2 (1)(3))((4)(5))(6)(7)", Text(references.Build()));
    }

    [Fact]
    public void Dummies_of_one_subject_are_one()
    {
        var references = new References();
        references.Add(Message(1, subject: "S"), "a", ["x"]);
        references.Add(Message(2, subject: "S"), "b", ["x"]);
        references.Add(Message(3, subject: "S"), "c", ["y"]);
        references.Add(Message(4, subject: "S"), "d", ["y"]);
        references.Add(Message(5, subject: "S"), "e", []);
        Assert.Equal("((1)(2)(3)(4)(5))", Text(references.Build()));
    }

    [Fact]
    public void A_chain_as_long_as_the_mailbox_is_one_thread()
    {
        var references = new References();
        for (var i = 1; i <= 20_000; i++) references.Add(Message(i), "m" + i, i == 1 ? [] : ["m" + (i - 1)]);
        var root = Assert.Single(references.Build());
        var depth = 0;
        for (var at = root; at.Children.Count > 0; at = at.Children[0]) depth++;
        Assert.Equal(19_999, depth);
    }

    [Fact]
    public void ORDEREDSUBJECT_has_no_grandchildren()
    {
        var threads = OrderedSubject.Build([Message(1, 5, "B"), Message(2, 2, "A"), Message(3, 3, "B"), Message(4, 4, "B"), Message(5, 1, "C"), Message(6, 9, "A")]);
        Assert.Equal("(5)(2 6)(3 (4)(1))", Text(threads));
    }

    [Theory]
    [InlineData("Re: x", true)]
    [InlineData("re : x", true)]
    [InlineData("RE[2]: x", true)]
    [InlineData("[list] Fwd: x", true)]
    [InlineData("fw: x", true)]
    [InlineData("x (fwd)", true)]
    [InlineData("[fwd: x]", true)]
    [InlineData("[list] x", false)]
    [InlineData("Rent: x", false)]
    [InlineData("Fwding", false)]
    [InlineData("[re: x", false)]
    [InlineData("", false)]
    public void Replies_are_known_by_their_subject(string subject, bool expected) => Assert.Equal(expected, ReplySubject.Is(subject));

    [Fact]
    public void Addresses_of_a_stored_envelope_are_found()
    {
        var envelope = "(\"date\" \"s (\\\"\" ((\"=?utf-8?Q?=C3=89mile?=\" NIL \"emile\" \"example.org\")(\"B\" NIL \"b\" \"x\")) NIL NIL ((NIL NIL \"zo\\\"e\" \"example.org\")) NIL NIL NIL \"<id>\")"u8;
        Assert.Equal("EMILE", Collations.UnicodeCasemap(EnvelopeText.FirstMailbox(envelope, EnvelopeText.From)));
        Assert.Equal("ZO\"E", Collations.UnicodeCasemap(EnvelopeText.FirstMailbox(envelope, EnvelopeText.To)));
        Assert.Equal("", Collations.UnicodeCasemap(EnvelopeText.FirstMailbox(envelope, EnvelopeText.Cc)));
        Assert.Equal(Collations.UnicodeCasemap("émile"), Collations.UnicodeCasemap(EnvelopeText.FirstDisplayName(envelope, EnvelopeText.From)));
        Assert.Equal("ZO\"E@EXAMPLE.ORG", Collations.UnicodeCasemap(EnvelopeText.FirstDisplayName(envelope, EnvelopeText.To)));
        Assert.Equal("", Collations.UnicodeCasemap(EnvelopeText.FirstMailbox("(\"date\""u8, EnvelopeText.To)));
    }

    private static ThreadNode Message(int number, long? sent = null, string subject = "", bool reply = false) =>
        new() { Place = number - 1, Sent = sent ?? number, Subject = subject, IsReply = reply };

    private static string Text(IEnumerable<ThreadNode> threads)
    {
        var text = new StringBuilder();
        foreach (var thread in threads) Write(thread);
        return text.ToString();

        void Write(ThreadNode thread)
        {
            text.Append('(');
            for (var at = thread; ;)
            {
                if (!at.IsDummy) text.Append(at.Place + 1);
                if (at.Children.Count == 0) break;
                if (!at.IsDummy) text.Append(' ');
                if (at.Children.Count > 1)
                {
                    at.Children.ForEach(Write);
                    break;
                }
                at = at.Children[0];
            }
            text.Append(')');
        }
    }
}
