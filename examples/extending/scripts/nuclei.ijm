// ImageJ and Fiji, "Plugins > Macros > Run...": finds the nuclei of the image that is open and puts their outlines into the
// ROI Manager. Wants `cellwright` on the PATH; where ImageJ does not find it, write the whole path in its place.
stem = File.getNameWithoutExtension(getTitle());
folder = getDirectory("temp") + "cellwright-" + stem + File.separator;
image = folder + stem + ".tif";
File.makeDirectory(folder);
saveAs("Tiff", image);

said = exec("cellwright", "segment", image, "-o", folder, "--format", "roi", "--overwrite", "--quiet");

rois = folder + stem + "_RoiSet.zip";
if (!File.exists(rois)) exit("cellwright: " + said);
roiManager("reset");
roiManager("open", rois);
roiManager("show all");
