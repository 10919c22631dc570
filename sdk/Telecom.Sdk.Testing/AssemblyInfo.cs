using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;

[assembly: TypeForwardedTo(typeof(FakeTimeProvider))]
