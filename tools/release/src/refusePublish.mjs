// `prepublishOnly` of the packages with an addon: in their folders lies no binary for anybody else.
console.error(
  'Publish the tarballs of "npm run pack -w @gimbal/release -- FOLDER" instead: see tools/release/README.md.',
);
process.exitCode = 1;
