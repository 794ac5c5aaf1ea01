using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Provisioning.Storage.Migrations.Sqlite
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

            migrationBuilder.DropPrimaryKey(
                name: "PK_changes",
                table: "changes");

            migrationBuilder.DropIndex(
                name: "IX_changes_company_id_transaction_id_position",
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

            // Who is blocked is found by a value of its own from now on, so that a block moves no index of the teammate's row.
            migrationBuilder.Sql("INSERT INTO teammate_values (company_id, teammate_id, attribute, value) SELECT company_id, id, 'blocked', user_name_folded FROM teammates WHERE state = 2");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DELETE FROM teammate_values WHERE attribute = 'blocked'");

            migrationBuilder.DropIndex(
                name: "ix_teammate_values_words",
                table: "teammate_values");

            migrationBuilder.DropPrimaryKey(
                name: "PK_changes",
                table: "changes");

            migrationBuilder.AddColumn<string>(
                name: "id",
                table: "changes",
                type: "TEXT",
                nullable: false,
                defaultValueSql: "(lower(hex(randomblob(16))))");

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
                name: "IX_changes_company_id_transaction_id_position",
                table: "changes",
                columns: new[] { "company_id", "transaction_id", "position" });
        }
    }
}
