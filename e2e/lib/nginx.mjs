// A real relay: nginx in front of a CSE. It turns what a browser can say, an argument of the address, into the header
// that a CSE wants, X-M2M-Origin; everything else goes to the CSE's HTTP port.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort, listening, start, stop } from "./process.mjs";

/** Starts a relay in front of the CSE with these two ports. Give `port` to come back on the same one. */
export async function startRelay({ wsPort, httpPort, port }) {
  const chosen = port ?? (await freePort());
  const folder = await mkdtemp(path.join(tmpdir(), "porthole-nginx-"));
  await writeFile(path.join(folder, "nginx.conf"), config(chosen, wsPort, httpPort));
  const child = start(process.env.PORTHOLE_NGINX || "nginx", ["-e", "stderr", "-p", folder, "-c", "nginx.conf"]);
  child.gone.then(() => rm(folder, { recursive: true, force: true }));
  await listening(child, chosen);
  return {
    port: chosen,
    url: `http://127.0.0.1:${chosen}`,
    key: `127.0.0.1:${chosen}`,
    /** The address that is given to the page. Without an originator the CSE gets no header. */
    wsUrl: (origin) => `ws://127.0.0.1:${chosen}/onem2m${origin ? `?origin=${origin}` : ""}`,
    freeze: () => child.kill("SIGSTOP"),
    thaw: () => child.kill("SIGCONT"),
    stop: () => stop(child),
    kill: () => stop(child, "SIGKILL"),
    output: () => child.output,
  };
}

// One process, so that it ends with its pid. The paths below its prefix would else be those of the installed package.
function config(port, wsPort, httpPort) {
  return `
daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  scgi_temp_path scgi;
  uwsgi_temp_path uwsgi;
  server {
    listen 127.0.0.1:${port};
    location /onem2m {
      proxy_pass http://127.0.0.1:${wsPort}/;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_set_header X-M2M-Origin $arg_origin;
      proxy_read_timeout 1h;
    }
    location / {
      proxy_pass http://127.0.0.1:${httpPort};
    }
  }
}
`;
}
