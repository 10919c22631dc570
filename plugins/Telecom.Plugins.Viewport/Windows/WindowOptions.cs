using System.Globalization;
using Telecom.Sdk.Errors;

namespace Telecom.Plugins.Viewport.Windows;

/// <summary>
/// How traces are cut into windows: history rows [t − H, t), future rows [t, t + F) for t = head, head + step, … &lt; length − tail.
/// </summary>
internal sealed record WindowOptions
{
    /// <summary>History rows H, 2 to 100.</summary>
    public required int History { get; init; }

    /// <summary>Future rows F, 1 to 100.</summary>
    public required int Horizon { get; init; }

    /// <summary>First t; at least H.</summary>
    public required int Head { get; init; }

    /// <summary>Rows at the end that no t may reach; at least F.</summary>
    public required int Tail { get; init; }

    /// <summary>Rows between neighbouring windows, at least 1.</summary>
    public required int Step { get; init; }

    /// <summary>Throws unless every window lies within its trace.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/>.</exception>
    public void Validate()
    {
        if (Head < History)
        {
            throw Refused($"head={Head} is smaller than history={History}: the first window would start before its trace. Raise head.");
        }

        if (Tail < Horizon)
        {
            throw Refused($"tail={Tail} is smaller than horizon={Horizon}: the last window would end after its trace. Raise tail.");
        }
    }

    /// <summary>Windows of a trace: max(0, ⌈(length − tail − head) / step⌉).</summary>
    public int CountIn(int length) => Math.Max(0, (length - Tail - Head + Step - 1) / Step);

    private static TelecomException Refused(FormattableString message) =>
        new(ErrorCode.InvalidInput, message.ToString(CultureInfo.InvariantCulture));
}
