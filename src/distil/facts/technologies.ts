/**
 * Tools and languages that people write in small letters, so that a name can be told without its capital.
 *
 * Only what is no everyday word. It must not grow into a catalogue: whatever is written with a capital needs no entry.
 */
const TECHNOLOGIES = new Set(
  (
    "typescript javascript python java kotlin golang haskell scala elixir erlang clojure php perl ruby rust zig ocaml fortran cobol matlab julia bash zsh fish powershell " +
    "postgres postgresql mysql mariadb sqlite mongodb redis cassandra dynamodb clickhouse duckdb snowflake bigquery elasticsearch kafka rabbitmq " +
    "react vue svelte angular nextjs next.js nuxt django flask fastapi rails laravel spring express nestjs tailwind bootstrap jquery graphql " +
    "node node.js deno bun npm pnpm yarn vite webpack eslint prettier oxlint biome pytest jest vitest poetry uv cargo maven gradle cmake bazel " +
    "docker podman kubernetes k8s terraform ansible pulumi helm nginx caddy aws azure gcp cloudflare vercel netlify heroku hetzner digitalocean " +
    "linux ubuntu debian fedora arch nixos macos windows ios android vim neovim emacs vscode intellij pycharm xcode sublime zed cursor tmux " +
    "git github gitlab bitbucket jira slack notion obsidian figma photoshop lightroom blender unity unreal godot excel powerpoint latex " +
    "pytorch tensorflow numpy pandas polars spark airflow dbt looker tableau stripe shopify wordpress"
  ).split(" "),
);

export function isTechnology(value: string): boolean {
  const [first = ""] = value.toLowerCase().split(/[\s,/]+/u);
  return TECHNOLOGIES.has(first.replace(/[.!?]+$/u, ""));
}
