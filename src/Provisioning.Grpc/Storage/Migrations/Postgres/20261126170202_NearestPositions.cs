using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Provisioning.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class NearestPositions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_teammate_counts_positions",
                table: "teammate_counts");

            migrationBuilder.CreateIndex(
                name: "ix_teammate_counts_positions",
                table: "teammate_counts",
                columns: new[] { "company_id", "from_id", "is_block" },
                descending: new[] { false, false, true },
                filter: "active + blocked <> 0")
                .Annotation("Npgsql:IndexInclude", new[] { "active", "blocked" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_teammate_counts_positions",
                table: "teammate_counts");

            migrationBuilder.CreateIndex(
                name: "ix_teammate_counts_positions",
                table: "teammate_counts",
                columns: new[] { "company_id", "from_id" },
                filter: "active + blocked <> 0")
                .Annotation("Npgsql:IndexInclude", new[] { "is_block", "active", "blocked" });
        }
    }
}
