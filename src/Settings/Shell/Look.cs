using MudBlazor;

namespace Settings.Shell;

/// <summary>The one look of the pages, light and dark. Every pair of text and ground has a contrast of 4.5 at least.</summary>
internal static class Look
{
    public static MudTheme Theme { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#3450c8",
            PrimaryContrastText = "#ffffff",
            Secondary = "#566073",
            Background = "#f7f8fa",
            Surface = "#ffffff",
            AppbarBackground = "#ffffff",
            AppbarText = "#1b2130",
            DrawerBackground = "#ffffff",
            DrawerText = "#3a4354",
            DrawerIcon = "#566073",
            TextPrimary = "#1b2130",
            TextSecondary = "#566073",
            TextDisabled = "#6f7889",
            ActionDefault = "#566073",
            ActionDisabled = "#8b93a3",
            Divider = "#e3e6ec",
            LinesDefault = "#e3e6ec",
            LinesInputs = "#8b93a3",
            TableLines = "#e3e6ec",
            Success = "#1b7a43",
            Warning = "#8a5a00",
            Error = "#b3261e",
            Info = "#3450c8",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#9db1ff",
            PrimaryContrastText = "#10131c",
            PrimaryDarken = "#b7c6ff",
            Secondary = "#a7b0c2",
            Background = "#11141b",
            Surface = "#191d26",
            AppbarBackground = "#191d26",
            AppbarText = "#e8ebf2",
            DrawerBackground = "#191d26",
            DrawerText = "#c9cfdb",
            DrawerIcon = "#a7b0c2",
            TextPrimary = "#e8ebf2",
            TextSecondary = "#a7b0c2",
            TextDisabled = "#8a93a5",
            ActionDefault = "#a7b0c2",
            ActionDisabled = "#6b7486",
            Divider = "#2b313d",
            LinesDefault = "#2b313d",
            LinesInputs = "#6b7486",
            TableLines = "#2b313d",
            Success = "#6fd49a",
            Warning = "#f0c063",
            Error = "#ffb4ab",
            ErrorContrastText = "#3a0a06",
            Info = "#9db1ff",
        },
        LayoutProperties = new() { DefaultBorderRadius = "8px", DrawerWidthLeft = "264px", AppbarHeight = "56px" },
        Typography = new()
        {
            Default = new DefaultTypography
            {
                FontFamily =
                ["system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"],
                FontSize = "0.9375rem",
                LineHeight = "1.5"
            },
            Button = new ButtonTypography { TextTransform = "none", FontWeight = "600", FontSize = "0.9rem", LetterSpacing = "0" },
        },
    };
}
