using Telecom.Datasets.Abr.Traces;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Settings;

namespace Telecom.Datasets.Abr;

/// <summary>Bandwidth traces in the layout of Pensieve and NetLLM.</summary>
[ExportDataset("abr-traces")]
public sealed class AbrTracesDataset : IDataset<ThroughputTrace>
{
    /// <inheritdoc/>
    public DatasetDescriptor Descriptor { get; } = new()
    {
        Id = "abr-traces",
        Title = "Bandwidth traces of mobile and fixed networks (FCC, HSDPA)",
        Origin = DatasetOrigin.Measured,
        Licence = "MIT for the prepared files; measurements of the FCC are in the public domain, the HSDPA logs ask to cite Riiser et al. 2013",
        Source = "FCC Measuring Broadband America; Riiser et al., Commute Path Bandwidth Traces from 3G Networks, ACM MMSys 2013; "
            + "files as prepared in github.com/duowuyms/NetLLM, adaptive_bitrate_streaming/data/traces",
        Layout = $"{TraceRoot.Folder}/<set>/<trace>: seconds and Mbit/s per line, no header; {StartPointerFile.FileName} in the root; "
            + "also a folder of such files, or one file",
        Splits = ["train", "valid", "fcc-test", "synth", "outage"],
    };

    /// <inheritdoc/>
    public IAsyncEnumerable<ThroughputTrace> ReadAsync(DatasetQuery query, CancellationToken cancellationToken)
    {
        _ = SettingValues.Create(Descriptor.Settings, query.Settings);
        return TraceRoot.ReadAsync(query, cancellationToken);
    }
}
