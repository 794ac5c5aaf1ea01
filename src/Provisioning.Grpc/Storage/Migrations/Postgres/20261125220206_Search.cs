using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Provisioning.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Search : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_teammates_company_id_template_id",
                table: "teammates");

            migrationBuilder.CreateIndex(
                name: "ix_teammates_blocked",
                table: "teammates",
                columns: new[] { "company_id", "user_name_folded" },
                filter: "state = 2");

            migrationBuilder.CreateIndex(
                name: "IX_teammates_company_id_template_id_user_name_folded",
                table: "teammates",
                columns: new[] { "company_id", "template_id", "user_name_folded" });

            migrationBuilder.CreateIndex(
                name: "ix_log_entries_refused",
                table: "log_entries",
                columns: new[] { "company_id", "id" },
                filter: "outcome = 3");

            // Teammates of before are found by their user names at once, and by their other words once one of them changes.
            migrationBuilder.Sql(
                "INSERT INTO teammate_values (company_id, attribute, value, teammate_id) SELECT company_id, 'word', substr(user_name_folded, 1, 100), id FROM teammates");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_teammates_blocked",
                table: "teammates");

            migrationBuilder.DropIndex(
                name: "IX_teammates_company_id_template_id_user_name_folded",
                table: "teammates");

            migrationBuilder.DropIndex(
                name: "ix_log_entries_refused",
                table: "log_entries");

            migrationBuilder.CreateIndex(
                name: "IX_teammates_company_id_template_id",
                table: "teammates",
                columns: new[] { "company_id", "template_id" });

            migrationBuilder.Sql("DELETE FROM teammate_values WHERE attribute = 'word'");
        }
    }
}
