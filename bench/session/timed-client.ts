/**
 * One client over one kept-alive connection that measures each request from its first byte to the reply's last.
 *
 * Plain node:http: an SDK's own work would stand in both measurements and blur the difference.
 */
import { Agent, request as httpRequest } from "node:http";
import type { IncomingHttpHeaders } from "node:http";

export interface TimedReply {
  status: number;
  headers: IncomingHttpHeaders;
  ms: number;
}

export class TimedClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #url: URL;

  constructor(origin: string) {
    this.#url = new URL("/v1/chat/completions", origin);
  }

  post(body: string, headers: Record<string, string>): Promise<TimedReply> {
    return new Promise((resolve, reject) => {
      const startedAt = performance.now();
      const request = httpRequest(
        this.#url,
        {
          method: "POST",
          agent: this.#agent,
          headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body), ...headers },
        },
        (response) => {
          response.resume();
          response.once("error", reject);
          response.once("end", () => {
            const { statusCode: status = 0, headers } = response;
            resolve({ status, headers, ms: performance.now() - startedAt });
          });
        },
      );
      request.once("error", reject);
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
