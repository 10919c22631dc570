using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Telecom.Jobs.Storage;

/// <summary>Maps keys, daily rows and the audit trail to their tables.</summary>
internal static class AccessModel
{
    private static readonly ValueConverter<DateTimeOffset, long> Time =
        new(time => UnixMicroseconds.From(time), value => UnixMicroseconds.ToTime(value));

    public static void Configure(ModelBuilder modelBuilder)
    {
        var key = modelBuilder.Entity<StoredKey>();
        key.ToTable("api_keys").HasKey(row => row.Id);
        key.Property(row => row.Id).HasColumnName("id");
        key.Property(row => row.Name).HasColumnName("name");
        key.Property(row => row.Scopes).HasColumnName("scopes");
        key.Property(row => row.SecretHash).HasColumnName("secret_hash").HasConversion(hash => hash.ToArray(), bytes => bytes);
        key.Property(row => row.CreatedAt).HasColumnName("created_at").HasConversion(Time);
        key.Property(row => row.ExpiresAt).HasColumnName("expires_at").HasConversion(Time);
        key.Property(row => row.LastUsedAt).HasColumnName("last_used_at").HasConversion(Time);
        key.Property(row => row.RevokedAt).HasColumnName("revoked_at").HasConversion(Time);
        key.Property(row => row.RowsPerDay).HasColumnName("rows_per_day");

        var rows = modelBuilder.Entity<DailyRows>();
        rows.ToTable("daily_rows").HasKey(row => new { row.Caller, row.Day });
        rows.Property(row => row.Caller).HasColumnName("caller");
        rows.Property(row => row.Day).HasColumnName("day").HasConversion(day => day.DayNumber, number => DateOnly.FromDayNumber(number));
        rows.Property(row => row.Rows).HasColumnName("rows");

        var audit = modelBuilder.Entity<AuditEntry>();
        audit.ToTable("audit").HasKey(row => row.Sequence);
        audit.Property(row => row.Sequence).HasColumnName("sequence").ValueGeneratedOnAdd();
        audit.Property(row => row.At).HasColumnName("at").HasConversion(Time);
        audit.Property(row => row.Caller).HasColumnName("caller");
        audit.Property(row => row.CallerName).HasColumnName("caller_name");
        audit.Property(row => row.Action).HasColumnName("action");
        audit.Property(row => row.Target).HasColumnName("target");
        audit.Property(row => row.Status).HasColumnName("status");
        audit.Property(row => row.TraceId).HasColumnName("trace_id");
    }
}
