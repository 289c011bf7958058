/**
 * Where the project lives: the one place that says so. Every published package.json and every link in a published README is made from it.
 * Not decided yet: until it is, the name of a domain that can never exist, under which `pack` makes tarballs to try and none to publish.
 */
export const PROJECT_ADDRESS = 'https://gimbal.invalid/gimbal';

/** Whether the address is one that people can open. */
export const addressDecided = !new URL(PROJECT_ADDRESS).hostname.endsWith('.invalid');

/** What a package.json says of it, for the package in `folder`, relative to the repository. */
export function addressFields(folder) {
  return {
    homepage: `${PROJECT_ADDRESS}/tree/main/${folder}#readme`,
    bugs: { url: `${PROJECT_ADDRESS}/issues` },
    repository: { type: 'git', url: `git+${PROJECT_ADDRESS}.git`, directory: folder },
  };
}

/** A README as npm can show it: links to files of the repository lead there, since the package has no such files beside it. */
export function withAbsoluteLinks(markdown, folder) {
  return markdown.replace(/(!?)(\[[^\]]*\])\((?!#|[a-z][a-z0-9+.-]*:)([^)\s]+)\)/gi, (_, image, words, target) => {
    const { pathname, hash } = new URL(target, `https://x.invalid/${folder}/`);
    return `${image}${words}(${PROJECT_ADDRESS}/${image ? 'raw' : 'blob'}/main${pathname}${hash})`;
  });
}
