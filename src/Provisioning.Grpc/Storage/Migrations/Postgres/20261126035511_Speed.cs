using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Provisioning.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Speed : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_teammates_company_id_company_admin_state",
                table: "teammates");

            migrationBuilder.DropIndex(
                name: "IX_log_entries_company_id_repeat_key",
                table: "log_entries");

            migrationBuilder.AddColumn<string>(
                name: "from_id",
                table: "teammate_counts",
                type: "text",
                nullable: false,
                defaultValue: "",
                collation: "C");

            migrationBuilder.AddColumn<bool>(
                name: "is_block",
                table: "teammate_counts",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateIndex(
                name: "ix_teammates_admins",
                table: "teammates",
                column: "company_id",
                filter: "company_admin");

            migrationBuilder.CreateIndex(
                name: "IX_log_entries_company_id_repeat_key",
                table: "log_entries",
                columns: new[] { "company_id", "repeat_key" },
                filter: "repeat_key IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_teammates_admins",
                table: "teammates");

            migrationBuilder.DropIndex(
                name: "IX_log_entries_company_id_repeat_key",
                table: "log_entries");

            migrationBuilder.DropColumn(
                name: "from_id",
                table: "teammate_counts");

            migrationBuilder.DropColumn(
                name: "is_block",
                table: "teammate_counts");

            migrationBuilder.CreateIndex(
                name: "IX_teammates_company_id_company_admin_state",
                table: "teammates",
                columns: new[] { "company_id", "company_admin", "state" });

            migrationBuilder.CreateIndex(
                name: "IX_log_entries_company_id_repeat_key",
                table: "log_entries",
                columns: new[] { "company_id", "repeat_key" });
        }
    }
}
