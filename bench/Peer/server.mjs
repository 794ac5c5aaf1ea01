// SCIMMY with its Express routers, over memory: the fairest host that its handlers allow. Users are found by id and by user name
// through maps, pages are cut before the library sees them, and the token is compared as a whole.
//
//   node server.mjs PORT TOKEN

import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const [port, token] = process.argv.slice(2);
const store = () => ({ byId: new Map(), idByName: new Map(), order: [] });
const [users, groups] = [store(), store()];
let made = 0;

const handlers = (kind, nameOf) => ({
    ingress: (resource, data) => {
        const name = nameOf(data)?.toLowerCase();
        const holder = kind.idByName.get(name);
        if (holder !== undefined && holder !== resource.id) {
            throw new SCIMMY.Types.Error(409, "uniqueness", `${nameOf(data)} is taken.`);
        }
        const id = resource.id ?? `tea_00p${String(++made).padStart(23, "0")}`;
        const before = kind.byId.get(id);
        if (resource.id && !before) {
            throw new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);
        }
        const now = new Date();
        const saved = { ...JSON.parse(JSON.stringify(data)), id, meta: { created: before?.meta.created ?? now, lastModified: now } };
        if (before) {
            kind.idByName.delete(nameOf(before)?.toLowerCase());
        } else {
            kind.order.push(id);
        }
        kind.byId.set(id, saved);
        kind.idByName.set(name, id);
        return saved;
    },
    egress: (resource) => {
        if (resource.id) {
            return kind.byId.get(resource.id);
        }
        const wanted = resource.filter?.[0]?.userName ?? resource.filter?.[0]?.username;
        if (wanted?.[0] === "eq") {
            const found = kind.byId.get(kind.idByName.get(String(wanted[1]).toLowerCase()));
            return found ? [found] : [];
        }
        if (resource.filter) {
            return resource.filter.match([...kind.byId.values()]);
        }
        const { startIndex = 1, count = 100 } = resource.constraints ?? {};
        resource.constraints = { ...resource.constraints, startIndex, count, totalResults: kind.order.length };
        return kind.order.slice(startIndex - 1, startIndex - 1 + count).map((id) => kind.byId.get(id));
    },
    degress: (resource) => {
        const gone = kind.byId.get(resource.id);
        kind.byId.delete(resource.id);
        kind.idByName.delete(nameOf(gone)?.toLowerCase());
        kind.order.splice(kind.order.indexOf(resource.id), 1);
    },
});

for (const [type, kind, nameOf] of [[SCIMMY.Resources.User, users, (each) => each.userName], [SCIMMY.Resources.Group, groups, (each) => each.displayName]]) {
    const { ingress, egress, degress } = handlers(kind, nameOf);
    SCIMMY.Resources.declare(type).ingress(ingress).egress(egress).degress(degress);
}

SCIMMY.Schemas.User.extend(SCIMMY.Schemas.EnterpriseUser);
const app = express();
app.use("/v2", new SCIMMYRouters({
    type: "bearer",
    handler: (request) => {
        if (request.header("Authorization") !== `Bearer ${token}`) {
            throw new Error("Unknown token");
        }
        return "bench";
    },
}));
app.listen(Number(port), "127.0.0.1");
