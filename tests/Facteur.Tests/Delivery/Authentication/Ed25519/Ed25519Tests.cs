using System.Security.Cryptography;
using Facteur.Delivery.Authentication.Ed25519;

namespace Facteur.Tests.Delivery.Authentication.Ed25519;

/// <summary>Ed25519 against the vectors of RFC 8032 §7.1 and another implementation.</summary>
public sealed class Ed25519Tests
{
    [Theory]
    [InlineData("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    [InlineData("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42", "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704")]
    public void The_vectors_of_the_RFC_hold(string seed, string publicKey, string message, string signature)
    {
        Assert.Equal(publicKey, Convert.ToHexStringLower(Ed25519Dsa.PublicKey(Convert.FromHexString(seed))));
        Assert.Equal(signature, Convert.ToHexStringLower(Ed25519Dsa.Sign(Convert.FromHexString(seed), Convert.FromHexString(publicKey), Convert.FromHexString(message))));
        Assert.True(Ed25519Dsa.Verify(Convert.FromHexString(publicKey), Convert.FromHexString(message), Convert.FromHexString(signature)));
    }

    // The hash was computed with OpenSSL: seeds are hashes of the signature before, message n has n octets.
    [Fact]
    public void Sixty_keys_and_signatures_are_those_of_another_implementation()
    {
        var seed = new byte[32];
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var n = 0; n < 60; n++)
        {
            var publicKey = Ed25519Dsa.PublicKey(seed);
            var signature = Ed25519Dsa.Sign(seed, publicKey, Message(n));
            Assert.True(Ed25519Dsa.Verify(publicKey, Message(n), signature));
            all.AppendData(publicKey);
            all.AppendData(signature);
            seed = SHA256.HashData(signature);
        }
        Assert.Equal("de5a67d1ba6358c4ca6074dcc975e688fd47a04f66a9307118b6e0f6172cae99", Convert.ToHexStringLower(all.GetHashAndReset()));
    }

    [Fact]
    public void A_bit_changed_anywhere_makes_it_false()
    {
        var seed = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        var publicKey = Ed25519Dsa.PublicKey(seed);
        var message = Message(40);
        var signature = Ed25519Dsa.Sign(seed, publicKey, message);
        foreach (var octets in new[] { publicKey, message, signature })
        {
            for (var bit = 0; bit < octets.Length * 8; bit += 7)
            {
                octets[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(Ed25519Dsa.Verify(publicKey, message, signature), $"bit {bit} of {octets.Length} octets");
                octets[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
        Assert.True(Ed25519Dsa.Verify(publicKey, message, signature));
    }

    [Fact]
    public void What_is_malformed_is_false()
    {
        var seed = new byte[32];
        var publicKey = Ed25519Dsa.PublicKey(seed);
        var signature = Ed25519Dsa.Sign(seed, publicKey, []);
        Assert.False(Ed25519Dsa.Verify(publicKey, [], signature.AsSpan(0, 63)));
        Assert.False(Ed25519Dsa.Verify(publicKey.AsSpan(0, 31), [], signature));
        Assert.False(Ed25519Dsa.Verify([], [], []));
        // y = p + 1 would be read as 1 by who does not look.
        var tooLarge = Convert.FromHexString("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        Assert.False(Ed25519Dsa.Verify(tooLarge, [], signature));
        // s + L signs the same and must not be taken (RFC 8032 §5.1.7).
        Assert.False(Ed25519Dsa.Verify(publicKey, [], PlusOrder(signature)));
        // y = 2 lies on no point.
        Assert.False(Ed25519Dsa.Verify([2, .. new byte[31]], [], signature));
    }

    private static byte[] Message(int n) => [.. Enumerable.Range(0, n).Select(i => (byte)((i * 7) + n))];

    private static byte[] PlusOrder(byte[] signature)
    {
        var order = Convert.FromHexString("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        var result = (byte[])signature.Clone();
        var carry = 0;
        for (var i = 0; i < 32; i++)
        {
            carry += result[32 + i] + order[i];
            result[32 + i] = (byte)carry;
            carry >>= 8;
        }
        return result;
    }
}
