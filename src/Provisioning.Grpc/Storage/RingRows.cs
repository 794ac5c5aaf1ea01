using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Provisioning.Storage;

/// <summary>The Data Protection ring in the database. The ring reads it at every start, which Entity Framework would slow.</summary>
internal sealed class RingRows(StorageConnections connections) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        var keys = new List<XElement>();
        connections.RunAsync([Statement.Each(
            "SELECT xml FROM data_protection_keys ORDER BY id", row => keys.Add(XElement.Parse(row.GetString(0))))], default).GetAwaiter()
                .GetResult();
        return keys;
    }

    public void StoreElement(XElement element, string friendlyName) => connections.RunAsync(
        [new("INSERT INTO data_protection_keys (friendly_name, xml) VALUES ($1, $2)", friendlyName,
            element.ToString(SaveOptions.DisableFormatting))], default).GetAwaiter().GetResult();
}
