using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using TorchSharp;

namespace Telecom.Runtime.Tests.Tasks.Toys;

/// <summary>What a request can make a method do.</summary>
internal static class ToyMode
{
    public const string Throws = "throws";
    public const string Native = "native";
    public const string Cancels = "cancels";
    public const string Coded = "coded";
    public const string NoAnswer = "no-answer";
    public const string ThrowsInExamine = "throws-in-examine";
    public const string ThrowsInKey = "throws-in-key";
    public const string Unsuitable = "unsuitable";
    public const string Refused = "refused";
    public const string Wide = "wide";
    public const string Double = "double";
    public const string NoTokens = "no-tokens";
    public const string WrongMask = "wrong-mask";
    public const string ThrowsInDecode = "throws-in-decode";

    public static bool Has(ReadOnlySpan<ToyRequest> batch, string mode)
    {
        foreach (var request in batch)
        {
            if (request.Mode == mode)
            {
                return true;
            }
        }

        return false;
    }

    public static Suitability Examine(ToyRequest request) => request.Mode switch
    {
        Unsuitable => Suitability.FallBack("/x", "too short"),
        Refused => Suitability.Refused("/x", "too odd"),
        ThrowsInExamine => throw new FormatException("examined"),
        _ => Suitability.Suitable,
    };

    public static void Act(ReadOnlySpan<ToyRequest> batch)
    {
        if (Has(batch, Throws))
        {
            throw new InvalidOperationException("boom\nwith a long trace");
        }

        if (Has(batch, Native))
        {
            using var a = torch.zeros(2, 3);
            a.mm(a);
        }

        if (Has(batch, Cancels))
        {
            throw new OperationCanceledException("on its own");
        }

        if (Has(batch, Coded))
        {
            throw new TelecomException(ErrorCode.Unprocessable, "no such weather");
        }
    }
}
