// A real relay: nginx in front of a CSE. It turns what a browser can say, an argument of the address, into the header
// that a CSE wants, X-M2M-Origin; everything else goes to the CSE's HTTP port.
import { freePort, listening, reins, startWithFile } from "./process.mjs";

/** Starts a relay in front of the CSE with these two ports. */
export async function startRelay({ wsPort, httpPort }) {
  const port = await freePort();
  const args = (folder) => ["-e", "stderr", "-p", folder, "-c", "nginx.conf"];
  const child = await startWithFile("nginx.conf", config(port, wsPort, httpPort), process.env.PORTHOLE_NGINX || "nginx", args);
  await listening(child, port);
  return {
    key: `127.0.0.1:${port}`,
    ...reins(child),
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
