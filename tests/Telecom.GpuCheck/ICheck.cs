namespace Telecom.GpuCheck;

/// <summary>One row of the list of checks; adds its findings to the context.</summary>
internal interface ICheck
{
    /// <summary>Name on the command line and in the report.</summary>
    string Name { get; }

    Task RunAsync(CheckContext context);
}
