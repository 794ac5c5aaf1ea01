using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Provisioning.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "api_tokens",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    company_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    scopes = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    connection_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    secret_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    secret_protected = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    secret_hint = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    created_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    create_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expire_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    first_use_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_use_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revoke_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    replaced_by = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_api_tokens", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "changes",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    transaction_id = table.Column<long>(type: "bigint", nullable: false, defaultValueSql: "(pg_current_xact_id()::text)::bigint"),
                    position = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    kind = table.Column<int>(type: "integer", nullable: false),
                    resource_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    fields = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_changes", x => new { x.company_id, x.transaction_id, x.position });
                });

            migrationBuilder.CreateTable(
                name: "companies",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    slug = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    display_name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    scim_feature = table.Column<bool>(type: "boolean", nullable: false),
                    templates_feature = table.Column<bool>(type: "boolean", nullable: false),
                    seat_limit = table.Column<long>(type: "bigint", nullable: true),
                    group_takeover = table.Column<int>(type: "integer", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    create_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    update_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_companies", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "connections",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name_folded = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    strict = table.Column<bool>(type: "boolean", nullable: false),
                    first_teammate_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    create_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    update_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_connections", x => new { x.company_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "data_protection_keys",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    friendly_name = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    xml = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_data_protection_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "idempotent_replies",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    method = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    request_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    request_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    reply = table.Column<byte[]>(type: "bytea", nullable: false),
                    time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_idempotent_replies", x => new { x.company_id, x.method, x.request_id });
                });

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
                name: "log_entries",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    count = table.Column<long>(type: "bigint", nullable: false),
                    actor_kind = table.Column<int>(type: "integer", nullable: false),
                    actor_token_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    actor_name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    actor_connection_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    method = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    outcome = table.Column<int>(type: "integer", nullable: false),
                    reason = table.Column<int>(type: "integer", nullable: false),
                    resource_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    subject = table.Column<string>(type: "text", nullable: false, defaultValue: "", collation: "C"),
                    kinds = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    warnings = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    personal = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    repeat_key = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_log_entries", x => new { x.company_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "sessions",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    secret_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    teammate_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    create_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_use_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expire_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_sessions", x => new { x.company_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "sign_in_links",
                columns: table => new
                {
                    secret_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    company_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    teammate_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    expire_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_sign_in_links", x => x.secret_hash);
                });

            migrationBuilder.CreateTable(
                name: "storage_facts",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    value = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_storage_facts", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "teammate_counts",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    from_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    is_block = table.Column<bool>(type: "boolean", nullable: false),
                    active = table.Column<long>(type: "bigint", nullable: false),
                    blocked = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_teammate_counts", x => new { x.company_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "teammate_groups",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    display_name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    display_name_folded = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    managed_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    create_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    update_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_teammate_groups", x => new { x.company_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "teammate_template_versions",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    template_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    contents = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    create_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_teammate_template_versions", x => new { x.company_id, x.template_id, x.version });
                });

            migrationBuilder.CreateTable(
                name: "teammate_templates",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name_folded = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    contents = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    create_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    update_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_teammate_templates", x => new { x.company_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "teammate_values",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    attribute = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    value = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    teammate_id = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_teammate_values", x => new { x.company_id, x.attribute, x.value, x.teammate_id });
                });

            migrationBuilder.CreateTable(
                name: "teammates",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    user_name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    user_name_folded = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    state = table.Column<int>(type: "integer", nullable: false),
                    profile = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    search = table.Column<string>(type: "jsonb", nullable: false),
                    external_ids = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    company_admin = table.Column<bool>(type: "boolean", nullable: false),
                    template_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    assignment = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    grant = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    create_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    update_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    block_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_teammates", x => new { x.company_id, x.id });
                });

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

            migrationBuilder.CreateTable(
                name: "teammate_group_members",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    group_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    teammate_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    join_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_teammate_group_members", x => new { x.company_id, x.group_id, x.teammate_id });
                    table.ForeignKey(
                        name: "FK_teammate_group_members_teammate_groups_company_id_group_id",
                        columns: x => new { x.company_id, x.group_id },
                        principalTable: "teammate_groups",
                        principalColumns: new[] { "company_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_teammate_group_members_teammates_company_id_teammate_id",
                        columns: x => new { x.company_id, x.teammate_id },
                        principalTable: "teammates",
                        principalColumns: new[] { "company_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_api_tokens_company_id_id",
                table: "api_tokens",
                columns: new[] { "company_id", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_api_tokens_secret_hash",
                table: "api_tokens",
                column: "secret_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_api_tokens_secret_hint",
                table: "api_tokens",
                column: "secret_hint");

            migrationBuilder.CreateIndex(
                name: "IX_changes_time",
                table: "changes",
                column: "time")
                .Annotation("Npgsql:IndexMethod", "brin");

            migrationBuilder.CreateIndex(
                name: "IX_changes_transaction_id_position",
                table: "changes",
                columns: new[] { "transaction_id", "position" });

            migrationBuilder.CreateIndex(
                name: "IX_companies_slug",
                table: "companies",
                column: "slug",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_connections_company_id_name_folded",
                table: "connections",
                columns: new[] { "company_id", "name_folded" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_idempotent_replies_time",
                table: "idempotent_replies",
                column: "time");

            migrationBuilder.CreateIndex(
                name: "IX_list_walks_time",
                table: "list_walks",
                column: "time");

            migrationBuilder.CreateIndex(
                name: "IX_log_entries_company_id_repeat_key",
                table: "log_entries",
                columns: new[] { "company_id", "repeat_key" },
                unique: true,
                filter: "repeat_key IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_log_entries_company_id_resource_id_id",
                table: "log_entries",
                columns: new[] { "company_id", "resource_id", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_log_entries_company_id_subject_id",
                table: "log_entries",
                columns: new[] { "company_id", "subject", "id" },
                filter: "subject <> ''");

            migrationBuilder.CreateIndex(
                name: "ix_log_entries_refused",
                table: "log_entries",
                columns: new[] { "company_id", "id" },
                filter: "outcome = 3");

            migrationBuilder.CreateIndex(
                name: "IX_log_entries_time",
                table: "log_entries",
                column: "time")
                .Annotation("Npgsql:IndexMethod", "brin");

            migrationBuilder.CreateIndex(
                name: "IX_sessions_company_id_teammate_id",
                table: "sessions",
                columns: new[] { "company_id", "teammate_id" });

            migrationBuilder.CreateIndex(
                name: "IX_sessions_secret_hash",
                table: "sessions",
                column: "secret_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_sign_in_links_company_id_teammate_id",
                table: "sign_in_links",
                columns: new[] { "company_id", "teammate_id" });

            migrationBuilder.CreateIndex(
                name: "ix_teammate_counts_positions",
                table: "teammate_counts",
                columns: new[] { "company_id", "from_id", "is_block" },
                descending: new[] { false, false, true },
                filter: "active + blocked <> 0")
                .Annotation("Npgsql:IndexInclude", new[] { "active", "blocked" });

            migrationBuilder.CreateIndex(
                name: "IX_teammate_group_external_ids_company_id_connection_id_key",
                table: "teammate_group_external_ids",
                columns: new[] { "company_id", "connection_id", "key" });

            migrationBuilder.CreateIndex(
                name: "IX_teammate_group_members_company_id_teammate_id",
                table: "teammate_group_members",
                columns: new[] { "company_id", "teammate_id" });

            migrationBuilder.CreateIndex(
                name: "IX_teammate_groups_company_id_display_name_folded",
                table: "teammate_groups",
                columns: new[] { "company_id", "display_name_folded" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_teammate_templates_company_id_name_folded",
                table: "teammate_templates",
                columns: new[] { "company_id", "name_folded" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_teammate_values_words",
                table: "teammate_values",
                columns: new[] { "company_id", "teammate_id" },
                filter: "attribute = 'word'");

            migrationBuilder.CreateIndex(
                name: "ix_teammates_admins",
                table: "teammates",
                column: "company_id",
                filter: "company_admin");

            migrationBuilder.CreateIndex(
                name: "IX_teammates_company_id_template_id_user_name_folded",
                table: "teammates",
                columns: new[] { "company_id", "template_id", "user_name_folded" });

            migrationBuilder.CreateIndex(
                name: "IX_teammates_company_id_user_name_folded",
                table: "teammates",
                columns: new[] { "company_id", "user_name_folded" },
                unique: true);

            // A page leaves room for the next version of its rows: what changes no index stays on its page (HOT updates).
            migrationBuilder.Sql("ALTER TABLE teammates SET (fillfactor = 85)");

            // Where a walk has come to is not worth the log: after a crash the next page goes by rank.
            migrationBuilder.Sql("ALTER TABLE list_walks SET UNLOGGED");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "api_tokens");

            migrationBuilder.DropTable(
                name: "changes");

            migrationBuilder.DropTable(
                name: "companies");

            migrationBuilder.DropTable(
                name: "connections");

            migrationBuilder.DropTable(
                name: "data_protection_keys");

            migrationBuilder.DropTable(
                name: "idempotent_replies");

            migrationBuilder.DropTable(
                name: "list_walks");

            migrationBuilder.DropTable(
                name: "log_entries");

            migrationBuilder.DropTable(
                name: "sessions");

            migrationBuilder.DropTable(
                name: "sign_in_links");

            migrationBuilder.DropTable(
                name: "storage_facts");

            migrationBuilder.DropTable(
                name: "teammate_counts");

            migrationBuilder.DropTable(
                name: "teammate_group_external_ids");

            migrationBuilder.DropTable(
                name: "teammate_group_members");

            migrationBuilder.DropTable(
                name: "teammate_template_versions");

            migrationBuilder.DropTable(
                name: "teammate_templates");

            migrationBuilder.DropTable(
                name: "teammate_values");

            migrationBuilder.DropTable(
                name: "unknown_attributes");

            migrationBuilder.DropTable(
                name: "teammate_groups");

            migrationBuilder.DropTable(
                name: "teammates");
        }
    }
}
