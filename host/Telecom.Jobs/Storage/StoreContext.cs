using System.Text;
using Microsoft.EntityFrameworkCore;

namespace Telecom.Jobs.Storage;

/// <summary>Maps the records to the tables of <see cref="StoreSchema"/>, which alone creates and changes them.</summary>
internal sealed class StoreContext(DbContextOptions<StoreContext> options) : DbContext(options)
{
    public DbSet<StoredPrediction> Predictions => Set<StoredPrediction>();

    public DbSet<IdempotencyRecord> Idempotency => Set<IdempotencyRecord>();

    public DbSet<StoredKey> Keys => Set<StoredKey>();

    public DbSet<DailyRows> DailyRows => Set<DailyRows>();

    public DbSet<AuditEntry> Audit => Set<AuditEntry>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        var prediction = modelBuilder.Entity<StoredPrediction>();
        prediction.ToTable("predictions").HasKey(row => row.Id);
        prediction.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever().HasConversion(id => id.ToString("D"), text => Guid.Parse(text));
        prediction.Property(row => row.Task).HasColumnName("task");
        prediction.Property(row => row.Method).HasColumnName("method");
        prediction.Property(row => row.Bundle).HasColumnName("bundle");
        prediction.Property(row => row.Base).HasColumnName("base");
        prediction.Property(row => row.CreatedAt).HasColumnName("created_at")
            .HasConversion(time => UnixMicroseconds.From(time), value => UnixMicroseconds.ToTime(value));
        prediction.Property(row => row.ElapsedMs).HasColumnName("elapsed_ms");
        prediction.Property(row => row.Request).HasColumnName("request").HasConversion(json => Text(json), text => Bytes(text));
        prediction.Property(row => row.Output).HasColumnName("output").HasConversion(json => Text(json), text => Bytes(text));
        prediction.Property(row => row.Adapter).HasColumnName("adapter");
        prediction.Property(row => row.Fallback).HasColumnName("fallback");
        prediction.Property(row => row.JobId).HasColumnName("job_id").HasConversion(id => id!.Value.ToString("D"), text => Guid.Parse(text));
        ConfigureIdempotency(modelBuilder);
        AccessModel.Configure(modelBuilder);
    }

    private static void ConfigureIdempotency(ModelBuilder modelBuilder)
    {
        var record = modelBuilder.Entity<IdempotencyRecord>();
        record.ToTable("idempotency").HasKey(row => row.Id);
        record.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
        record.Property(row => row.Fingerprint).HasColumnName("fingerprint");
        record.Property(row => row.Owner).HasColumnName("owner").HasConversion(id => id.ToString("D"), text => Guid.Parse(text));
        record.Property(row => row.CreatedAt).HasColumnName("created_at")
            .HasConversion(time => UnixMicroseconds.From(time), value => UnixMicroseconds.ToTime(value));
        record.Property(row => row.LeasedUntil).HasColumnName("leased_until")
            .HasConversion(time => UnixMicroseconds.From(time), value => UnixMicroseconds.ToTime(value));
        record.Property(row => row.Answer).HasColumnName("answer");
    }

    private static string Text(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetString(json.Span);

    private static ReadOnlyMemory<byte> Bytes(string json) => Encoding.UTF8.GetBytes(json);
}
