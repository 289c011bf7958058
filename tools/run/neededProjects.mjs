import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './stage.mjs';

/** The package.json of the named projects and of every project that they need when they run. */
export function neededProjects(names) {
  const projects = new Map(allProjects().map((project) => [project.name, project]));
  const needed = new Set();
  const visit = (name) => {
    const project = projects.get(name);
    if (project === undefined || needed.has(project)) return;
    needed.add(project);
    for (const other of Object.keys(project.dependencies ?? {})) visit(other);
  };
  for (const name of names) visit(name);
  return [...needed];
}

function allProjects() {
  return ['packages', 'tools'].flatMap((folder) =>
    readdirSync(path.join(root, folder))
      .map((name) => path.join(root, folder, name, 'package.json'))
      .filter((file) => existsSync(file))
      .map((file) => JSON.parse(readFileSync(file, 'utf8'))),
  );
}
