using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Provisioning.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Answers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_log_entries_company_id_repeat_key",
                table: "log_entries");

            migrationBuilder.AddColumn<string>(
                name: "subject",
                table: "log_entries",
                type: "text",
                nullable: false,
                defaultValue: "",
                collation: "C");

            migrationBuilder.AddColumn<string>(
                name: "first_teammate_id",
                table: "connections",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "first_use_time",
                table: "api_tokens",
                type: "timestamp with time zone",
                nullable: true);

            // Keys were not unique before, and only count within their hour: entries that are there stand alone from now on.
            migrationBuilder.Sql("UPDATE log_entries SET repeat_key = NULL WHERE repeat_key IS NOT NULL");

            migrationBuilder.CreateTable(
                name: "unknown_attributes",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    connection_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    create_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_unknown_attributes", x => new { x.company_id, x.connection_id, x.name });
                });

            migrationBuilder.CreateIndex(
                name: "IX_log_entries_company_id_repeat_key",
                table: "log_entries",
                columns: new[] { "company_id", "repeat_key" },
                unique: true,
                filter: "repeat_key IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_log_entries_company_id_subject_id",
                table: "log_entries",
                columns: new[] { "company_id", "subject", "id" },
                filter: "subject <> ''");

            migrationBuilder.CreateIndex(
                name: "IX_api_tokens_secret_hint",
                table: "api_tokens",
                column: "secret_hint");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "unknown_attributes");

            migrationBuilder.DropIndex(
                name: "IX_log_entries_company_id_repeat_key",
                table: "log_entries");

            migrationBuilder.DropIndex(
                name: "IX_log_entries_company_id_subject_id",
                table: "log_entries");

            migrationBuilder.DropIndex(
                name: "IX_api_tokens_secret_hint",
                table: "api_tokens");

            migrationBuilder.DropColumn(
                name: "subject",
                table: "log_entries");

            migrationBuilder.DropColumn(
                name: "first_teammate_id",
                table: "connections");

            migrationBuilder.DropColumn(
                name: "first_use_time",
                table: "api_tokens");

            migrationBuilder.CreateIndex(
                name: "IX_log_entries_company_id_repeat_key",
                table: "log_entries",
                columns: new[] { "company_id", "repeat_key" },
                filter: "repeat_key IS NOT NULL");
        }
    }
}
