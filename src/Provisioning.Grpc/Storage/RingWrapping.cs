using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Provisioning.Storage;

/// <summary>Encrypts the Data Protection ring before it goes to the database (AES-256-GCM under the root key).</summary>
internal sealed class RingEncryptor(RootKey root) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var nonce = RandomNumberGenerator.GetBytes(AesGcm.NonceByteSizes.MaxSize);
        var cipher = new byte[plain.Length];
        var tag = new byte[RingDecryptor.TagLength];
        using var aes = new AesGcm(root.Derive("data protection ring"), tag.Length);
        aes.Encrypt(nonce, plain, cipher, tag);
        return new(new XElement("wrapped", Convert.ToBase64String([.. nonce, .. tag, .. cipher])), typeof(RingDecryptor));
    }
}

/// <summary>Undoes <see cref="RingEncryptor"/>. The ring makes it by its type's name.</summary>
internal sealed class RingDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public const int TagLength = 16;

    public XElement Decrypt(XElement encryptedElement)
    {
        var bytes = Convert.FromBase64String(encryptedElement.Value).AsSpan();
        var nonceLength = AesGcm.NonceByteSizes.MaxSize;
        var plain = new byte[bytes.Length - nonceLength - TagLength];
        using var aes = new AesGcm(services.GetRequiredService<RootKey>().Derive("data protection ring"), TagLength);
        aes.Decrypt(bytes[..nonceLength], bytes[(nonceLength + TagLength)..], bytes.Slice(nonceLength, TagLength), plain);
        return XElement.Parse(Encoding.UTF8.GetString(plain));
    }
}
