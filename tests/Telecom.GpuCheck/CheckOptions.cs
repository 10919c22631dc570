using System.Globalization;

namespace Telecom.GpuCheck;

/// <summary>The command line.</summary>
internal sealed record CheckOptions
{
    public const string Usage =
        """
        Checks the tensor code on one device and writes a report (report.json) and a table.

          Telecom.GpuCheck [--device cpu|cuda:N] [--out DIR] [--data DIR] [--only CHECK,…] [--threads N]

        --device   Default: cpu.
        --out      Folder of the report; default: the working folder.
        --data     Folder with the golden data (adapters/tiny-llama, …); default: TELECOM_SHARED_DATA, otherwise those rows are not run.
        --only     Names of checks: device, golden, forward, mixed, executor, training, budget, memory.
        --threads  Threads of one tensor operation on the CPU; 0 leaves the choice to libtorch.

        The variable Native__LibTorchPath names the lib folder of a libtorch or PyTorch installation.
        """;

    public string Device { get; init; } = "cpu";

    public string Output { get; init; } = ".";

    public string? Data { get; init; } = Environment.GetEnvironmentVariable("TELECOM_SHARED_DATA");

    public IReadOnlyList<string> Only { get; init; } = [];

    public int Threads { get; init; }

    public bool IsCuda => Device != "cpu";

    /// <returns>Null when the words make no sense.</returns>
    public static CheckOptions? Parse(IReadOnlyList<string> words)
    {
        var options = new CheckOptions();
        for (var i = 0; i < words.Count; i += 2)
        {
            if (i + 1 == words.Count)
            {
                return null;
            }

            var value = words[i + 1];
            switch (words[i])
            {
                case "--device" when value == "cpu" || value.StartsWith("cuda:", StringComparison.Ordinal):
                    options = options with { Device = value };
                    break;
                case "--out":
                    options = options with { Output = value };
                    break;
                case "--data":
                    options = options with { Data = value };
                    break;
                case "--only":
                    options = options with { Only = value.Split(',') };
                    break;
                case "--threads" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var threads):
                    options = options with { Threads = threads };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
