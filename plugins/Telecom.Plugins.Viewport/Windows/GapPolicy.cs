namespace Telecom.Plugins.Viewport.Windows;

/// <summary>What happens to a window whose rows span a pause of more than 0.5 s or a time that does not increase.</summary>
internal enum GapPolicy
{
    /// <summary>Kept: windows are cut by row index alone, as in the published evaluation.</summary>
    Keep,

    /// <summary>Dropped and counted: such a window teaches a motion that did not happen.</summary>
    Drop,
}
