using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Provisioning.Storage;

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
