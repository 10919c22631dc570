using Microsoft.AspNetCore.Http;
using Telecom.Host.Documents;
using Telecom.Host.Rest.Lists;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Tests.Rest;

public sealed class PagesTests
{
    private static readonly List<string> Names = [.. Enumerable.Range(0, 120).Select(index => FormattableString.Invariant($"name-{index:D3}"))];

    [Fact]
    public void Without_parameters_a_page_has_50_items_and_a_link_to_the_next()
    {
        var context = Context(string.Empty);

        var page = Cut(context, Names);

        Assert.Equal(Names[..50], page.Items);
        Assert.Equal($"</api/v1/things?cursor={page.NextCursor}>; rel=\"next\"", context.Response.Headers.Link);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(7, false)]
    [InlineData(40, true)]
    [InlineData(120, true)]
    [InlineData(500, false)]
    public void Following_the_cursor_visits_every_item_once_in_order(int limit, bool isDescending)
    {
        var shuffled = Names.OrderBy(name => name[^1]).ThenByDescending(name => name).ToList();

        var seen = Follow(limit, isDescending, _ => shuffled);

        Assert.Equal(isDescending ? Names.AsEnumerable().Reverse() : Names, seen);
    }

    [Fact]
    public void Items_that_come_and_go_meanwhile_do_not_shift_the_others()
    {
        // Before every page but the first, the first item left and another one joined in front of all.
        var seen = Follow(50, isDescending: false, page => page == 0 ? Names : [FormattableString.Invariant($"a-{page}"), .. Names[page..]]);

        Assert.Equal(Names, seen);
    }

    [Fact]
    public void Items_with_equal_keys_are_all_visited()
    {
        List<string> twins = ["b", "a", "b", "b", "a.b"];

        var seen = Follow(1, isDescending: false, _ => twins);

        Assert.Equal(["a", "a.b", "b", "b", "b"], seen);
    }

    [Theory]
    [InlineData("?limit=0", "/limit")]
    [InlineData("?limit=501", "/limit")]
    [InlineData("?limit=1,5", "/limit")]
    [InlineData("?cursor=x", "/cursor")]
    [InlineData("?cursor=!!!!", "/cursor")]
    [InlineData("?cursor=a&cursor=b", "/cursor")]
    public void What_is_wrong_is_named(string query, string pointer)
    {
        var refusal = Assert.Throws<InvalidInputException>(() => Cut(Context(query), Names));

        Assert.Equal(pointer, Assert.Single(refusal.Errors).Pointer);
    }

    [Theory]
    [InlineData("/api/v1/others", "?limit=10")]
    [InlineData("/api/v1/things", "?kind=x")]
    public void A_cursor_of_another_list_is_refused(string path, string query)
    {
        var cursor = Cut(Context(query, path), Names).NextCursor;

        Assert.Throws<InvalidInputException>(() => Cut(Context($"?cursor={cursor}"), Names));
    }

    private static List<string> Follow(int limit, bool isDescending, Func<int, List<string>> all)
    {
        var seen = new List<string>();
        string? cursor = null;
        for (var page = 0; page == 0 || cursor is not null; page++)
        {
            var query = cursor is null ? $"?limit={limit}" : $"?limit={limit}&cursor={cursor}";
            var cut = Pages.Cut(Context(query), all(page), name => name, name => name, isDescending);
            Assert.InRange(cut.Items.Count, 0, limit);
            seen.AddRange(cut.Items);
            cursor = cut.NextCursor;
        }

        return seen;
    }

    private static PageDocument<string> Cut(HttpContext context, List<string> all) => Pages.Cut(context, all, name => name);

    private static DefaultHttpContext Context(string query, string path = "/api/v1/things")
    {
        var context = new DefaultHttpContext();
        context.Request.Path = path;
        context.Request.QueryString = new(query);
        return context;
    }
}
