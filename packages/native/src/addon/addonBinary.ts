/** A package that has an addon, as {@link openAddon} needs to know it. */
export interface AddonPackage {
  /** Such as `@gimbal/native`. Its prebuilt binaries are the packages of that name with `-linux-x64` and so on behind it. */
  readonly name: string;
  /** The folder of its `package.json`. */
  readonly directory: string;
  /** The addon's file name, in `build/Release` and in the prebuilt packages alike. */
  readonly file: string;
  /** The environment variable that names another file. */
  readonly variable: string;
}

/** The binary that was loaded. */
export interface ChosenBinary {
  /** The environment variable, `local build`, or the name of the prebuilt package. */
  readonly candidate: string;
  readonly kind: 'named' | 'local' | 'prebuilt';
  /** Within the package for a local build, from the package's name on for a prebuilt one, and as it was given for a named one. */
  readonly path: string;
}

/** A binary that was not loaded. */
export interface RejectedBinary {
  readonly candidate: string;
  readonly reason: string;
}

/** Which of the binaries that an addon can come from was loaded, and why the others were not. */
export interface AddonBinary {
  readonly chosen: ChosenBinary;
  readonly rejected: readonly RejectedBinary[];
}

/** What a prebuilt package says of its binary: the field `gimbal` of its `package.json`, written by `tools/release`. */
export interface PrebuiltBinary {
  readonly bytes: number;
  readonly sha256: string;
  /** Linux: the oldest glibc that it runs on, such as `2.34`. */
  readonly glibc?: string;
}
