using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Provisioning.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class LeanIndexes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_teammates_blocked",
                table: "teammates");

            migrationBuilder.DropIndex(
                name: "IX_teammate_values_company_id_teammate_id",
                table: "teammate_values");

            migrationBuilder.DropIndex(
                name: "IX_log_entries_time",
                table: "log_entries");

            migrationBuilder.DropPrimaryKey(
                name: "PK_changes",
                table: "changes");

            migrationBuilder.DropIndex(
                name: "IX_changes_company_id_transaction_id_position",
                table: "changes");

            migrationBuilder.DropIndex(
                name: "IX_changes_time",
                table: "changes");

            migrationBuilder.DropColumn(
                name: "id",
                table: "changes");

            migrationBuilder.AddPrimaryKey(
                name: "PK_changes",
                table: "changes",
                columns: new[] { "company_id", "transaction_id", "position" });

            migrationBuilder.CreateIndex(
                name: "ix_teammate_values_words",
                table: "teammate_values",
                columns: new[] { "company_id", "teammate_id" },
                filter: "attribute = 'word'");

            migrationBuilder.CreateIndex(
                name: "IX_log_entries_time",
                table: "log_entries",
                column: "time")
                .Annotation("Npgsql:IndexMethod", "brin");

            migrationBuilder.CreateIndex(
                name: "IX_changes_time",
                table: "changes",
                column: "time")
                .Annotation("Npgsql:IndexMethod", "brin");

            // Who is blocked is found by a value of its own from now on, so that a block moves no index of the teammate's row.
            migrationBuilder.Sql("INSERT INTO teammate_values (company_id, teammate_id, attribute, value) SELECT company_id, id, 'blocked', user_name_folded FROM teammates WHERE state = 2");

            // Room in each page for a row's next version, which then needs no new index entries.
            migrationBuilder.Sql("ALTER TABLE teammates SET (fillfactor = 85)");

            // Where walks have come to may be forgotten in a crash, and need not be flushed to the disk.
            migrationBuilder.Sql("ALTER TABLE list_walks SET UNLOGGED");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DELETE FROM teammate_values WHERE attribute = 'blocked'");
            migrationBuilder.Sql("ALTER TABLE teammates RESET (fillfactor)");
            migrationBuilder.Sql("ALTER TABLE list_walks SET LOGGED");

            migrationBuilder.DropIndex(
                name: "ix_teammate_values_words",
                table: "teammate_values");

            migrationBuilder.DropIndex(
                name: "IX_log_entries_time",
                table: "log_entries");

            migrationBuilder.DropPrimaryKey(
                name: "PK_changes",
                table: "changes");

            migrationBuilder.DropIndex(
                name: "IX_changes_time",
                table: "changes");

            migrationBuilder.AddColumn<string>(
                name: "id",
                table: "changes",
                type: "text",
                nullable: false,
                defaultValueSql: "gen_random_uuid()::text",
                collation: "C");

            migrationBuilder.AddPrimaryKey(
                name: "PK_changes",
                table: "changes",
                columns: new[] { "company_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_teammates_blocked",
                table: "teammates",
                columns: new[] { "company_id", "user_name_folded" },
                filter: "state = 2");

            migrationBuilder.CreateIndex(
                name: "IX_teammate_values_company_id_teammate_id",
                table: "teammate_values",
                columns: new[] { "company_id", "teammate_id" });

            migrationBuilder.CreateIndex(
                name: "IX_log_entries_time",
                table: "log_entries",
                column: "time");

            migrationBuilder.CreateIndex(
                name: "IX_changes_company_id_transaction_id_position",
                table: "changes",
                columns: new[] { "company_id", "transaction_id", "position" });

            migrationBuilder.CreateIndex(
                name: "IX_changes_time",
                table: "changes",
                column: "time");
        }
    }
}
