"""Reading documents in older and other formats than Word's, Excel's and the web's of today."""
