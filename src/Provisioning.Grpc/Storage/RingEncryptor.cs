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
