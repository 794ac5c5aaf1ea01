namespace Provisioning;

/// <summary>A setting is wrong. The message is one sentence that names the key and the remedy; the start stops with it.</summary>
public sealed class SettingException(string message) : Exception(message);
