using System.Globalization;

namespace Provisioning;

/// <summary>Which database engine holds the truth.</summary>
internal enum StorageProvider
{
    Sqlite,
    Postgres,
}

/// <summary>The core's settings, checked as they are read.</summary>
internal sealed record CoreSettings
{
    /// <summary>What the front end's base URL ends in, since the core shows it to admins.</summary>
    private const string ScimPath = "/v2";

    /// <summary>`Storage:Provider`: Sqlite unless given.</summary>
    public required StorageProvider Provider { get; init; }

    /// <summary>`Storage:ConnectionString`: on SQLite a file in the data folder unless given.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>`Storage:MigrateAtStart`: always on SQLite, when true on PostgreSQL.</summary>
    public required bool MigrateAtStart { get; init; }

    /// <summary>`Redis:ConnectionString`: empty for no Redis.</summary>
    public required string Redis { get; init; }

    /// <summary>`Bootstrap:File`: companies to make at start; empty for none.</summary>
    public required string BootstrapFile { get; init; }

    /// <summary>`Data:Folder`: what is kept in files.</summary>
    public required string DataFolder { get; init; }

    /// <summary>`Data:KeyFile`: the root key; every process on one database needs the same.</summary>
    public required string KeyFile { get; init; }

    /// <summary>`Retention:LogDays`.</summary>
    public required int LogDays { get; init; }

    /// <summary>`Retention:ChangeDays`.</summary>
    public required int ChangeDays { get; init; }

    /// <summary>
    /// `Settings:PublicUrl`: how browsers reach the settings pages, without a slash at its end; unless given, `Listen:Http`.
    /// </summary>
    public required string PagesUrl { get; init; }

    /// <summary>Whether `Settings:PublicUrl` is given, so that the pages' origin does not go by the request.</summary>
    public required bool HasPagesUrl { get; init; }

    /// <summary>
    /// `Scim:PublicUrl` with the SCIM path behind it: what admins paste into identity providers. Empty when it is not given.
    /// </summary>
    public required string ScimUrl { get; init; }

    /// <summary>Reads and checks the settings.</summary>
    /// <param name="configuration">Where they are.</param>
    /// <param name="http">Where the host listens for HTTP unless `Listen:Http` says otherwise.</param>
    /// <exception cref="SettingException">One is wrong.</exception>
    public static CoreSettings Read(IConfiguration configuration, string http)
    {
        var folder = Path.GetFullPath(Text(configuration, "Data:Folder", "data"));
        var provider = Text(configuration, "Storage:Provider", "Sqlite").ToUpperInvariant() switch
        {
            "SQLITE" => StorageProvider.Sqlite,
            "POSTGRES" => StorageProvider.Postgres,
            var other => throw new SettingException($"Storage:Provider is \"{other}\"; set it to Sqlite or Postgres."),
        };
        var connection = Text(configuration, "Storage:ConnectionString", "");
        if (connection.Length == 0 && provider == StorageProvider.Postgres)
        {
            throw new SettingException("Storage:ConnectionString is missing; with Storage:Provider Postgres set it to, for instance, "
                + "Host=localhost;Database=provisioning;Username=provisioning;Password=….");
        }

        var settings = new CoreSettings
        {
            Provider = provider,
            ConnectionString = connection.Length > 0 ? connection : $"Data Source={Path.Combine(folder, "provisioning.db")}",
            MigrateAtStart = Flag(configuration, "Storage:MigrateAtStart", provider == StorageProvider.Sqlite),
            Redis = Text(configuration, "Redis:ConnectionString", ""),
            BootstrapFile = Text(configuration, "Bootstrap:File", ""),
            DataFolder = folder,
            KeyFile = Path.GetFullPath(Text(configuration, "Data:KeyFile", Path.Combine(folder, "root.key"))),
            LogDays = Days(configuration, "Retention:LogDays", 400),
            ChangeDays = Days(configuration, "Retention:ChangeDays", 90),
            ScimUrl = ReadScimUrl(configuration),
            HasPagesUrl = Text(configuration, "Settings:PublicUrl", "").Length > 0,
            PagesUrl = (Text(configuration, "Settings:PublicUrl", "").Length > 0
                ? ListenUrl(configuration, "Settings:PublicUrl", "https://provisioning.example.com")
                : ListenUrl(configuration, "Listen:Http", http)).ToString().TrimEnd('/'),
        };
        Storage.StorageSetup.CheckConnectionString(settings);
        return settings;
    }

    /// <summary>A URL to listen on.</summary>
    /// <exception cref="SettingException">It is not an http or https URL with a port.</exception>
    public static Uri ListenUrl(IConfiguration configuration, string key, string otherwise) =>
        Uri.TryCreate(Text(configuration, key, otherwise), UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            && url.AbsolutePath == "/"
            ? url
            : throw new SettingException($"{key} is \"{configuration[key]}\"; set it to a URL such as {otherwise}.");

    private static string ReadScimUrl(IConfiguration configuration)
    {
        var text = Text(configuration, "Scim:PublicUrl", "").TrimEnd('/');
        return text.Length == 0 ? ""
            : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? text + ScimPath
            : throw new SettingException($"Scim:PublicUrl is \"{text}\"; set it to a URL such as https://scim.example.com.");
    }

    private static string Text(IConfiguration configuration, string key, string otherwise) =>
        configuration[key] is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : otherwise;

    private static bool Flag(IConfiguration configuration, string key, bool otherwise) =>
        Text(configuration, key, otherwise ? "true" : "false").ToUpperInvariant() switch
        {
            "TRUE" => true,
            "FALSE" => false,
            var other => throw new SettingException($"{key} is \"{other}\"; set it to true or false."),
        };

    private static int Days(IConfiguration configuration, string key, int otherwise) =>
        int.TryParse(Text(configuration, key, otherwise.ToString(CultureInfo.InvariantCulture)), NumberStyles.None,
            CultureInfo.InvariantCulture, out var days)
            && days is > 0 and < 100_000
            ? days
            : throw new SettingException($"{key} is \"{configuration[key]}\"; set it to a number of days from 1 on.");
}
