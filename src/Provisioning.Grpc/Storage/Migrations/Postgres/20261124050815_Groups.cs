using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Provisioning.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Groups : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "group_takeover",
                table: "companies",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "list_walks",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    after = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_list_walks", x => new { x.company_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "teammate_group_external_ids",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    group_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    connection_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    value = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    key = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_teammate_group_external_ids", x => new { x.company_id, x.group_id, x.connection_id });
                    table.ForeignKey(
                        name: "FK_teammate_group_external_ids_teammate_groups_company_id_grou~",
                        columns: x => new { x.company_id, x.group_id },
                        principalTable: "teammate_groups",
                        principalColumns: new[] { "company_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_list_walks_time",
                table: "list_walks",
                column: "time");

            migrationBuilder.CreateIndex(
                name: "IX_teammate_group_external_ids_company_id_connection_id_key",
                table: "teammate_group_external_ids",
                columns: new[] { "company_id", "connection_id", "key" });

            migrationBuilder.AddForeignKey(
                name: "FK_teammate_group_members_teammate_groups_company_id_group_id",
                table: "teammate_group_members",
                columns: new[] { "company_id", "group_id" },
                principalTable: "teammate_groups",
                principalColumns: new[] { "company_id", "id" },
                onDelete: ReferentialAction.Cascade);

            migrationBuilder.AddForeignKey(
                name: "FK_teammate_group_members_teammates_company_id_teammate_id",
                table: "teammate_group_members",
                columns: new[] { "company_id", "teammate_id" },
                principalTable: "teammates",
                principalColumns: new[] { "company_id", "id" },
                onDelete: ReferentialAction.Cascade);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "FK_teammate_group_members_teammate_groups_company_id_group_id",
                table: "teammate_group_members");

            migrationBuilder.DropForeignKey(
                name: "FK_teammate_group_members_teammates_company_id_teammate_id",
                table: "teammate_group_members");

            migrationBuilder.DropTable(
                name: "list_walks");

            migrationBuilder.DropTable(
                name: "teammate_group_external_ids");

            migrationBuilder.DropColumn(
                name: "group_takeover",
                table: "companies");
        }
    }
}
