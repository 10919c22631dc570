using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Telecom.Host.Rest;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Tests;

public sealed class PredictionQueryStringTests
{
    [Theory]
    [InlineData("2026-03-01", "2026-03-01T00:00:00+00:00")]
    [InlineData("2026-03-01T12:30Z", "2026-03-01T12:30:00+00:00")]
    [InlineData("2026-03-01T12:30:15.25Z", "2026-03-01T12:30:15.25+00:00")]
    [InlineData("2026-03-01T12:30:15%2B02:00", "2026-03-01T12:30:15+02:00")]
    [InlineData("2026-03-01T12:30:15+02:00", "2026-03-01T12:30:15+02:00")]
    [InlineData("2026-03-01T12:30:15", "2026-03-01T12:30:15+00:00")]
    public void Read_takes_times_of_RFC_3339(string text, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), PredictionQueryString.Read(Query($"?from={text}")).From);

    [Theory]
    [InlineData("?from=yesterday", "/from")]
    [InlineData("?to=01/03/2026", "/to")]
    [InlineData("?limit=ten", "/limit")]
    [InlineData("?limit=1.5", "/limit")]
    [InlineData("?jobId=7", "/jobId")]
    [InlineData("?task=a&task=b", "/task")]
    [InlineData("?from=x&limit=y", "/from /limit")]
    public void Read_names_every_parameter_that_is_wrong(string text, string pointers)
    {
        var refusal = Assert.Throws<InvalidInputException>(() => PredictionQueryString.Read(Query(text)));

        Assert.Equal(pointers, string.Join(' ', refusal.Errors.Select(error => error.Pointer)));
    }

    [Fact]
    public void Write_keeps_the_filter_and_replaces_the_cursor() =>
        Assert.Equal("?task=a%20b&limit=5&cursor=new", QueryParameters.WithCursor(Query("?task=a%20b&cursor=old&limit=5"), "new").ToString());

    private static QueryCollection Query(string text) => new(QueryHelpers.ParseQuery(text));
}
