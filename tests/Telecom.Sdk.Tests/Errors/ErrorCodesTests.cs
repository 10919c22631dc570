using Telecom.Sdk.Errors;

namespace Telecom.Sdk.Tests.Errors;

public sealed class ErrorCodesTests
{
    // Left column: the error table of the platform page.
    [Theory]
    [InlineData("invalid_input", ErrorCode.InvalidInput)]
    [InlineData("not_found", ErrorCode.NotFound)]
    [InlineData("manifest_invalid", ErrorCode.ManifestInvalid)]
    [InlineData("contract_mismatch", ErrorCode.ContractMismatch)]
    [InlineData("shared_version_conflict", ErrorCode.SharedVersionConflict)]
    [InlineData("no_exports", ErrorCode.NoExports)]
    [InlineData("mixed_mode", ErrorCode.MixedMode)]
    [InlineData("task_name_taken", ErrorCode.TaskNameTaken)]
    [InlineData("base_incompatible", ErrorCode.BaseIncompatible)]
    [InlineData("plugin_fault", ErrorCode.PluginFault)]
    [InlineData("plugin_unavailable", ErrorCode.PluginUnavailable)]
    [InlineData("queue_full", ErrorCode.QueueFull)]
    [InlineData("deadline_exceeded", ErrorCode.DeadlineExceeded)]
    [InlineData("conflict", ErrorCode.Conflict)]
    [InlineData("idempotency_in_flight", ErrorCode.IdempotencyInFlight)]
    [InlineData("idempotency_mismatch", ErrorCode.IdempotencyMismatch)]
    [InlineData("precondition_failed", ErrorCode.PreconditionFailed)]
    public void WireName_is_the_documented_one(string expected, ErrorCode code) => Assert.Equal(expected, code.WireName());

    [Fact]
    public void WireNames_are_distinct_and_snake_case()
    {
        var names = Enum.GetValues<ErrorCode>().Select(code => code.WireName()).ToArray();

        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
        Assert.All(names, name => Assert.Matches("^[a-z]+(_[a-z]+)*$", name));
    }
}
