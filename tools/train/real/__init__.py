"""Second phase of the training: pairs of real video labelled by the classical estimator, adopted only if judged better."""
