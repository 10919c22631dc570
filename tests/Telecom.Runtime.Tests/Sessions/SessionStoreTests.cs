using Microsoft.Extensions.Time.Testing;
using Telecom.Runtime.Sessions;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Sessions;

public sealed class SessionStoreTests
{
    private static readonly SessionLimits Limits = new() { MaxSessions = 2, IdleTime = TimeSpan.FromMinutes(10) };

    private readonly FakeTimeProvider time = new();

    [Fact]
    public void A_session_is_found_again_by_its_id_and_task_alone()
    {
        var store = new SessionStore(Limits, time);

        var session = store.Enter("a", SessionStore.New);

        Assert.Same(session, store.Enter("a", session.Id));
        Assert.Equal(32, session.Id.Length);
        Assert.Equal(ErrorCode.NotFound, Assert.Throws<TelecomException>(() => store.Enter("b", session.Id)).Code);
        Assert.Equal(ErrorCode.NotFound, Assert.Throws<TelecomException>(() => store.Enter("a", "unknown")).Code);
        Assert.Equal(ErrorCode.NotFound, Assert.Throws<TelecomException>(() => store.Enter("a", string.Empty)).Code);
    }

    [Fact]
    public void A_session_ends_after_its_idle_time_and_every_request_prolongs_it()
    {
        var store = new SessionStore(Limits, time);
        var session = store.Enter("a", SessionStore.New);

        time.Advance(TimeSpan.FromMinutes(9));
        store.Enter("a", session.Id);
        time.Advance(TimeSpan.FromMinutes(9));
        store.Enter("a", session.Id);
        time.Advance(TimeSpan.FromMinutes(10.5));

        var exception = Assert.Throws<TelecomException>(() => store.Enter("a", session.Id));
        Assert.Equal(ErrorCode.NotFound, exception.Code);
        Assert.Contains("10 min", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sessions_beyond_the_limit_are_refused_until_others_end()
    {
        var store = new SessionStore(Limits, time);
        var first = store.Enter("a", SessionStore.New);
        time.Advance(TimeSpan.FromMinutes(5));
        store.Enter("a", SessionStore.New);

        Assert.Equal(ErrorCode.QueueFull, Assert.Throws<TelecomException>(() => store.Enter("a", SessionStore.New)).Code);

        time.Advance(TimeSpan.FromMinutes(6));
        store.Enter("a", SessionStore.New);
        Assert.Throws<TelecomException>(() => store.Enter("a", first.Id));
    }
}
