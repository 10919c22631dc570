using FsCheck;
using FsCheck.Fluent;

namespace Telecom.Sdk.Tests.Support;

internal static class Properties
{
    /// <summary>Checks a property on 500 generated values, the same on every run.</summary>
    public static void Hold<T>(Gen<T> values, Func<T, bool> property) =>
        Prop.ForAll(values.ToArbitrary(), property).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(1, 3));
}
